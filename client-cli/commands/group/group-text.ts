import type { ResultOf } from '../../../protocol/methods.ts'
import { plural } from '../../format/values.ts'
import type { Io } from '../../io.ts'

export type Group = ResultOf<'groups.list'>['items'][number]
export type WholeGroup = ResultOf<'groups.show'>

export const groupArg = {
  type: 'string',
  positional: true,
  required: true,
  describe: 'Name of the group',
} as const
export const lookArgs = {
  description: { type: 'string', mayBeEmpty: true, describe: 'What it is for' },
  color: { type: 'string', describe: 'Its colour: a word such as rose, or # and six hex digits' },
  icon: { type: 'string', describe: 'Name of its icon, e.g. book-open' },
  position: { type: 'number', min: 0, describe: 'Where it stands among the others; 0 is the first' },
} as const

export const membersArg = {
  type: 'string',
  positional: true,
  required: true,
  many: true,
  describe: 'Artifacts of the collection: TYPE:NAME, or a name that only one has',
} as const

export const countText = ({ artifactCount, unresolvedCount }: Group): string =>
  unresolvedCount === 0
    ? plural(artifactCount, 'artifact')
    : `${plural(artifactCount, 'artifact')}, ${unresolvedCount} missing`

/** What every command says of the group it has changed. */
export function showGroup(io: Io, group: WholeGroup): void {
  if (io.json) {
    io.value(group)
    return
  }
  io.line(`${io.paint('bold', group.name)}  ${group.collection}: ${countText(group)}`)
  if (group.description !== '') io.line(group.description)
  for (const { member, resolved } of group.members)
    io.line(`  ${member}${resolved ? '' : io.paint('yellow', '  (no such artifact)')}`)
}
