import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

export const analyticsClearCommand = defineCommand({
  name: 'analytics clear',
  summary: 'Forget what was noted, all of it or what is old',
  examples: [
    ['smd analytics clear --older-than-days 30', 'Keeps what was noted in the last 30 days, and all sums'],
    ['smd analytics clear --yes', 'Everything, without being asked'],
  ],
  args: {
    'older-than-days': { type: 'number', min: 0, max: 36_500, describe: 'Only events that are older' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ call, io }, { 'older-than-days': olderThanDays, yes }) {
    if (!yes) {
      const answer = await io.confirm('Forget what was noted? It cannot be brought back.')
      if (answer === null)
        throw new SmdError('cli.confirmation_needed', { action: 'Forgetting what was noted' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const { removed } = await call('analytics.clear', { olderThanDays })
    if (io.json) io.value({ removed })
    else io.line(`Forgotten: ${plural(removed, 'event')}.`)
    return ExitCode.ok
  },
})
