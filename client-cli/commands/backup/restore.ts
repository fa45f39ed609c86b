import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'

export const backupRestoreCommand = defineCommand({
  name: 'backup restore',
  summary: 'Put settings and cache of a backup in place; what they replace becomes a backup first',
  examples: [
    ['smd backup list', 'The names'],
    ['smd backup restore 20260131T093000Z --yes', 'Without being asked, for a script'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Name of the backup' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ call, io }, { name, yes }) {
    if (!yes) {
      const answer = await io.confirm(
        `Replace your settings by those of ${name}? The present ones are saved.`,
      )
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: 'Restoring a backup' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const answer = await call('backup.restore', { name })
    if (io.json) io.value(answer)
    else {
      io.line(`Restored: ${answer.restored.files.map((file) => file.name).join(', ')} of ${name}`)
      io.note(`Take it back with: smd backup restore ${answer.before.name}`)
    }
    return ExitCode.ok
  },
})
