import { ExitCode } from '../../../protocol/errors.ts'
import { type CommandContext, defineCommand } from '../../command.ts'
import { formatAge, plural } from '../../format/values.ts'
import { exitCodeOf, isBlocked, printOutcome, printPlan } from './plan-text.ts'

export const undoCommand = defineCommand({
  name: 'undo',
  summary: 'Take a change of projects or collections back',
  examples: [
    ['smd undo', 'The newest one'],
    ['smd undo --list', 'See what can be taken back'],
    ['smd undo op_20260102030405_4f6c1a --dry-run', 'One of them, as a trial'],
  ],
  args: {
    operation: { type: 'string', positional: true, describe: 'Which one (default: the newest)' },
    list: { type: 'boolean', alias: 'l', describe: 'List them instead' },
    force: { type: 'boolean', alias: 'f', describe: 'Also what was edited since; smd keeps it' },
    'dry-run': { type: 'boolean', alias: 'n', describe: 'Print every path, and change nothing' },
  },
  async run({ call, io }, { operation, list, force = false, 'dry-run': dryRun = false }) {
    if (list) {
      await listOperations({ call, io })
      return ExitCode.ok
    }
    const undone = await call('deployments.undo', {
      ...(operation !== undefined && { operation }),
      force,
      dryRun,
    })
    const blocked = undone.projects.some(isBlocked)
    if (io.json) io.value(undone)
    else {
      io.line(undone.title)
      printPlan(io, undone.projects, { files: false })
      if (dryRun) io.note('Nothing was changed.')
      else {
        printOutcome(io, undone.projects, {
          done: 'Taken back',
          hint: 'Take back what was edited, too, with: --force',
        })
        if (undone.operation) io.note(`Undo this with: smd undo ${undone.operation}`)
      }
    }
    return blocked ? ExitCode.conflict : dryRun ? ExitCode.ok : exitCodeOf(undone.projects)
  },
})

async function listOperations({ call, io }: Pick<CommandContext, 'call' | 'io'>): Promise<void> {
  const { items } = await call('deployments.operations', { limit: 100 })
  if (io.json) return io.value({ items, total: items.length })
  const now = Date.now()
  await io.table(items, [
    { title: 'ID', text: (o) => o.id },
    { title: 'WHAT', text: (o) => o.title, shrink: 20, style: () => 'bold' },
    { title: 'PROJECTS', text: (o) => String(o.projects.length), align: 'right', drop: 1 },
    { title: 'WHEN', text: (o) => formatAge(o.at, now) },
    {
      title: 'STATE',
      text: (o) => (o.undoneBy ? 'taken back' : 'stands'),
      style: (o) => (o.undoneBy ? 'dim' : null),
    },
  ])
  io.note(items.length === 0 ? 'Nothing was changed yet.' : `${plural(items.length, 'change')}.`)
}
