import { ExitCode } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { detailText, outcomeText, tookText } from './job-text.ts'

export const jobsRunCommand = defineCommand({
  name: 'jobs run',
  summary: 'Run a job now, also a paused one, and wait for its end',
  examples: [
    ['smd jobs run maintenance', 'Tidy the cache up'],
    ['smd jobs run refresh --background', 'Begin, and do not wait'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Which job', complete: 'job' },
    background: { type: 'boolean', alias: 'b', describe: 'Return as soon as it has begun' },
  },
  async run({ call, io }, { name, background = false }) {
    const run = await call('jobs.run', { name, background })
    const ok = run.outcome === 'success' || run.outcome === null
    if (io.json) io.value(run)
    else if (run.outcome === null) io.note(`${name} has begun. See how it goes with: smd jobs`)
    else {
      const what = detailText(run.detail)
      io.line(`${name}: ${outcomeText(run)} after ${tookText(run)}${what && ` (${what})`}`)
      if (run.error !== null) io.note(run.error)
    }
    return ok ? ExitCode.ok : ExitCode.failure
  },
})
