import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import type { Io } from '../../io.ts'
import { collectionArg, idArg, inCollection, wholeId } from './snapshot-text.ts'

type Plan = ResultOf<'snapshots.analyze'>

export const rollbackCommand = defineCommand({
  name: 'rollback',
  summary: 'Go back to a snapshot of a collection; what is there now is in another snapshot first',
  examples: [
    ['smd rollback 20260102-030405-006813 --dry-run', 'What would be done, file by file'],
    ['smd rollback 20260102-030405-006813 --paths skills/demo', 'One artifact only, with its entries'],
    ['smd rollback 20260102-030405-006813 --keep-changes -y', 'Keep what was edited by hand, do not ask'],
  ],
  args: {
    id: idArg,
    collection: collectionArg,
    paths: {
      type: 'string',
      many: true,
      describe: 'Only what lies there, from the folder of the collection (may be given several times)',
    },
    'keep-changes': {
      type: 'boolean',
      describe: 'Keep what was edited by hand; lines that both changed are merged or stay',
    },
    'dry-run': { type: 'boolean', describe: 'Print what would be done, and do nothing' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run(
    ctx,
    { id: given, collection, paths, 'keep-changes': keepChanges = false, 'dry-run': dryRun, yes },
  ) {
    const { call, io } = ctx
    const id = await wholeId(ctx, collection, given)
    const request = { ...inCollection(collection), id, keepChanges, ...(paths && { paths }) }
    if (dryRun || !yes) {
      const plan = await call('snapshots.analyze', request)
      if (dryRun && io.json) io.value({ dryRun: true, ...plan })
      else showPlan(io, plan)
      if (dryRun || plan.files.length + plan.entries.length === 0) return ExitCode.ok
      const answer = await io.confirm(`Go back to ${id}?`)
      if (answer === null)
        throw new SmdError('cli.confirmation_needed', { action: 'Going back to a snapshot' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const done = await call('snapshots.rollback', request)
    const open = done.files.filter(({ action, conflict }) => action === 'keep' && conflict !== null)
    if (io.json) io.value(done)
    else {
      if (yes) showPlan(io, done)
      if (done.safetySnapshotId !== null) io.line(`Back at ${id}`)
      if (done.safetySnapshotId !== null) io.note(`Take it back with: smd rollback ${done.safetySnapshotId}`)
    }
    return open.length > 0 ? ExitCode.conflict : ExitCode.ok
  },
})

const words = { restore: 'restore', remove: 'remove ', merge: 'merge  ', keep: 'keep   ' } as const

const reasons = {
  modified: 'edited since then',
  content: 'both changed the same lines',
  deletion: 'edited here, and not there then',
  add_add: 'both have one of their own',
  both_modified: 'both changed it',
} as const

function showPlan(io: Io, { files, entries, warnings }: Plan): void {
  for (const { path, action, conflict } of files) {
    const reason = conflict === null ? '' : io.paint('yellow', `  (${reasons[conflict]})`)
    io.line(`${words[action]}  ${path}${reason}`)
  }
  if (files.length + entries.length === 0) io.line('Everything is as it was then.')
  if (entries.length > 0) io.note(`Manifest and lock: ${plural(entries.length, 'entry')} go back as well.`)
  for (const warning of warnings) io.note(warning)
}
