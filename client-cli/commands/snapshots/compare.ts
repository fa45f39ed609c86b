import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { collectionArg, idArg, inCollection, wholeId } from './snapshot-text.ts'

export const snapshotsCompareCommand = defineCommand({
  name: 'snapshot compare',
  summary: 'Show what has changed from one snapshot to another, or to now',
  examples: [
    ['smd snapshot compare 20260102-030405-006813', 'What has changed since then'],
    ['smd snapshot compare 20260102-030405-006813 20260105-120000-000000', 'Between the two'],
  ],
  args: {
    id: idArg,
    other: { type: 'string', positional: true, describe: 'The later one (default: the collection as it is)' },
    collection: collectionArg,
  },
  async run(ctx, { id, other, collection }) {
    const { call, io } = ctx
    const answer = await call('snapshots.compare', {
      ...inCollection(collection),
      id: await wholeId(ctx, collection, id),
      ...(other !== undefined && { other: await wholeId(ctx, collection, other) }),
    })
    if (io.json) return io.value(answer)
    const { filesAdded, filesRemoved, filesModified, linesAdded, linesRemoved } = answer
    for (const path of filesAdded) io.line(`${io.paint('green', 'added   ')}  ${path}`)
    for (const path of filesRemoved) io.line(`${io.paint('red', 'removed ')}  ${path}`)
    for (const path of filesModified) io.line(`${io.paint('yellow', 'modified')}  ${path}`)
    const count = filesAdded.length + filesRemoved.length + filesModified.length
    io.note(
      count === 0
        ? 'Nothing has changed.'
        : `${plural(count, 'file')}, ${plural(linesAdded, 'line')} more, ${plural(linesRemoved, 'line')} less.`,
    )
  },
})
