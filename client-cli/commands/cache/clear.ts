import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

export const cacheClearCommand = defineCommand({
  name: 'cache clear',
  summary: 'Empty the cache; the next command fills it again from the disk',
  examples: [['smd cache clear --yes', 'Without being asked, for a script']],
  args: {
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ call, io }, { yes }) {
    if (!yes) {
      const answer = await io.confirm('Empty the cache? Your files and settings stay as they are.')
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: 'Emptying the cache' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const removed = await call('cache.clear', {})
    if (io.json) io.value(removed)
    else {
      io.line(
        `The cache is empty: ${plural(removed.removedArtifacts, 'artifact')} of ${plural(removed.removedProjects, 'project')} removed.`,
      )
      io.note('The next command reads the disk again.')
    }
    return ExitCode.ok
  },
})
