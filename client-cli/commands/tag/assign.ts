import { type CommandContext, defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { collectionArg, inCollection } from '../snapshots/snapshot-text.ts'
import { noteNotWritten } from './tag-text.ts'

const args = {
  tag: { type: 'string', positional: true, required: true, describe: 'The tag' },
  artifacts: {
    type: 'string',
    positional: true,
    required: true,
    many: true,
    describe: 'Artifacts of the collection: TYPE:NAME, or a name that only one has',
  },
  collection: collectionArg,
} as const

export const tagAddCommand = defineCommand({
  name: 'tag add',
  summary: 'Give a tag to artifacts of a collection; an unknown one is defined',
  examples: [['smd tag add web skill:demo skill:review command:deploy', 'To three of the active collection']],
  args,
  run: (ctx, { tag, ...rest }) => assign(ctx, { add: [tag], ...rest }),
})

export const tagRemoveCommand = defineCommand({
  name: 'tag remove',
  summary: 'Take a tag off artifacts of a collection',
  examples: [['smd tag remove web skill:demo -c work', 'From one of another collection']],
  args,
  run: (ctx, { tag, ...rest }) => assign(ctx, { remove: [tag], ...rest }),
})

type Wanted = { add?: string[]; remove?: string[]; artifacts: string[]; collection?: string | undefined }

async function assign({ call, io }: CommandContext, { collection, ...wanted }: Wanted): Promise<void> {
  const answer = await call('tags.assign', { ...inCollection(collection), ...wanted })
  if (io.json) return io.value(answer)
  for (const { artifact, tags } of answer.artifacts) io.line(`${artifact}: ${tags.join(', ') || '-'}`)
  if (answer.created.length > 0)
    io.note(`Defined: ${plural(answer.created.length, 'tag')} (${answer.created.join(', ')})`)
  noteNotWritten(io, answer.notWritten)
}
