import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

export const collectionDeleteCommand = defineCommand({
  name: 'collection delete',
  summary: 'Remove a collection with everything in it; copies in projects stay',
  examples: [
    ['smd collection delete old --dry-run', 'Only say what would go'],
    ['smd collection delete old --yes', 'Without being asked, for a script'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'The collection; not the active one',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
    'dry-run': { type: 'boolean', describe: 'Change nothing; print what would go' },
  },
  async run({ call, io }, { name, yes, 'dry-run': dryRun = false }) {
    const plan = await call('collections.delete', { name, dryRun: true })
    const what = `${plan.path} (${plural(plan.artifactCount, 'artifact')})`
    if (dryRun) {
      if (io.json) io.value({ ...plan, dryRun })
      else io.line(`Would remove: ${what}`)
      return ExitCode.ok
    }
    if (!yes) {
      const answer = await io.confirm(`Remove ${what}?`)
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: `Removing ${name}` })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const deleted = await call('collections.delete', { name })
    if (io.json) io.value({ ...deleted, dryRun })
    else io.line(`Removed: ${what}`)
    if (deleted.operation) io.note('Bring it back with: smd undo')
    return ExitCode.ok
  },
})
