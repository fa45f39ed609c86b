import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { plural } from '../format/values.ts'
import type { Io } from '../io.ts'
import { READING, saying } from '../refresh-bar.ts'
import { filterArgs } from './filters.ts'
import { percent, shareOf } from './similar.ts'

export const findDuplicatesCommand = defineCommand({
  name: 'find-duplicates',
  summary: 'List what stands under several names, and what is nearly the same',
  examples: [
    ['smd find-duplicates', 'Names with one content, and contents that are at least 85 % alike'],
    ['smd find-duplicates --threshold 1 --json', 'For a script: only what is exactly the same'],
  ],
  args: {
    type: filterArgs.type,
    threshold: { type: 'string', describe: 'How alike at least, 0.5 to 1 (default: 0.85)' },
    limit: { type: 'number', alias: 'l', min: 1, max: 1000, describe: 'How many groups to print at most' },
  },
  async run({ call, io }, { threshold, ...args }) {
    const params = {
      ...args,
      threshold: shareOf(threshold, '--threshold', 0.5),
    } as ParamsOf<'contents.duplicates'>
    const found = await saying(io, READING, call('contents.duplicates', params))
    if (io.json) return io.value(found)
    if (found.groups.length === 0) return io.note('Nothing stands twice.')
    for (const group of found.groups) print(io, group)
    const { length } = found.groups
    io.note(
      length < found.total
        ? `${length} of ${plural(found.total, 'group')} shown.`
        : `${plural(length, 'group')}.`,
    )
  },
})

function print(
  io: Io,
  { kind, likeness, type, items }: ResultOf<'contents.duplicates'>['groups'][number],
): void {
  io.line(kind === 'same' ? `The same ${type} under several names:` : `${percent(likeness)} alike (${type}):`)
  for (const { artifact, copies } of items)
    io.line(`  ${artifact.name}  ${artifact.path}${copies > 1 ? `  and ${copies - 1} more` : ''}`)
}
