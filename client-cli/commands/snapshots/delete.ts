import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { collectionArg, idArg, inCollection, wholeId } from './snapshot-text.ts'

export const snapshotsDeleteCommand = defineCommand({
  name: 'snapshot delete',
  summary: 'Forget a snapshot, and remove its archive',
  examples: [['smd snapshot delete 20260102-030405-006813 --yes', 'Without being asked, for a script']],
  args: {
    id: idArg,
    collection: collectionArg,
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run(ctx, { id: given, collection, yes }) {
    const { call, io } = ctx
    const id = await wholeId(ctx, collection, given)
    if (!yes) {
      const answer = await io.confirm(`Forget the snapshot ${id}? What only it holds is gone then.`)
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: 'Deleting a snapshot' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const answer = await call('snapshots.delete', { ...inCollection(collection), id })
    if (io.json) io.value(answer)
    else io.line(`Forgotten: ${id}`)
    return ExitCode.ok
  },
})
