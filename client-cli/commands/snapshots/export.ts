import { defineCommand } from '../../command.ts'
import { formatBytes } from '../../format/values.ts'
import { collectionArg, idArg, inCollection, wholeId } from './snapshot-text.ts'

export const snapshotsExportCommand = defineCommand({
  name: 'snapshot export',
  summary: 'Write a snapshot into a tar.gz that SkillMeat reads, too',
  examples: [['smd snapshot export 20260102-030405-006813', 'Into the folder of the snapshots']],
  args: { id: idArg, collection: collectionArg },
  async run(ctx, { id, collection }) {
    const { call, io } = ctx
    const answer = await call('snapshots.export', {
      ...inCollection(collection),
      id: await wholeId(ctx, collection, id),
    })
    if (io.json) return io.value(answer)
    io.line(`${answer.archive} (${formatBytes(answer.sizeBytes)})`)
    for (const warning of answer.warnings) io.note(warning)
  },
})
