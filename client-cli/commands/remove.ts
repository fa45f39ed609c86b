import { ExitCode, SmdError } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'

export const removeCommand = defineCommand({
  name: 'remove',
  summary: 'Take an artifact out of a collection; copies in projects stay',
  examples: [
    ['smd remove pdf --dry-run', 'Only say what would go'],
    ['smd remove pdf --yes', 'Without being asked, for a script'],
    ['smd remove pdf --keep-files', 'Only forget it'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Its name', complete: 'artifact' },
    type: {
      type: 'string',
      alias: 't',
      choices: ['skill', 'command', 'agent', 'hook', 'mcp', 'workflow', 'composite'],
      describe: 'Its type, when several have the name',
    },
    collection: { type: 'string', alias: 'c', describe: 'The collection (default: the active one)' },
    'keep-files': { type: 'boolean', describe: 'Leave its files where they are' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
    'dry-run': { type: 'boolean', describe: 'Change nothing; print what would go' },
  },
  async run(
    { call, io },
    { name, type, collection, 'keep-files': keepFiles = false, yes, 'dry-run': dryRun = false },
  ) {
    const params = {
      name,
      keepFiles,
      ...(type !== undefined && { type }),
      ...(collection !== undefined && { collection }),
    }
    const plan = await call('collections.remove', { ...params, dryRun: true })
    const what = `${plan.type} ${plan.name} from ${plan.collection}${plan.filesRemoved ? `, with ${plan.path}` : ''}`
    if (dryRun) {
      if (io.json) io.value({ ...plan, dryRun })
      else io.line(`Would remove: ${what}`)
      return ExitCode.ok
    }
    if (!yes) {
      const answer = await io.confirm(`Remove ${what}?`)
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: `Removing ${plan.name}` })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const removed = await call('collections.remove', params)
    if (io.json) io.value({ status: 'success', command: 'remove', ...removed, dryRun })
    else io.line(`Removed: ${what}`)
    if (removed.operation) io.note('Bring it back with: smd undo')
    return ExitCode.ok
  },
})
