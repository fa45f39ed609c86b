import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { formatAge, formatBytes, plural } from '../../format/values.ts'
import { collectionArg, holds, idArg, inCollection, wholeId } from './snapshot-text.ts'

type Place = ResultOf<'snapshots.show'>['places'][number]

export const snapshotsShowCommand = defineCommand({
  name: 'snapshot show',
  summary: 'Show what a snapshot holds',
  examples: [['smd snapshot show 20260102-030405-006813', 'Its artifacts, with hashes']],
  args: { id: idArg, collection: collectionArg },
  async run(ctx, { id, collection }) {
    const { call, io } = ctx
    const answer = await call('snapshots.show', {
      ...inCollection(collection),
      id: await wholeId(ctx, collection, id),
      limit: 10_000,
    })
    if (io.json) return io.value(answer)
    io.line(`${answer.id}  ${answer.message || '-'}`)
    io.line(`${holds(answer)}, taken ${formatAge(answer.takenAt, Date.now())}`)
    if (answer.archive !== null) io.line(`Archive: ${answer.archive}`)
    io.line()
    await io.table<Place>(answer.places, [
      { title: 'PATH', text: ({ path }) => path, style: () => 'bold' },
      { title: 'FILES', text: ({ fileCount }) => String(fileCount), align: 'right' },
      { title: 'SIZE', text: ({ sizeBytes }) => formatBytes(sizeBytes), align: 'right' },
      { title: 'HASH', text: ({ contentHash }) => contentHash.slice(0, 12), style: () => 'dim' },
    ])
    if (answer.places.length < answer.placeCount)
      io.note(`${answer.places.length} of ${plural(answer.placeCount, 'place')} shown.`)
  },
})
