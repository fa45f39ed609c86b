import { defineCommand } from '../../command.ts'
import { nextText } from './job-text.ts'

export const jobsResumeCommand = defineCommand({
  name: 'jobs resume',
  summary: 'Let a paused job run by its schedule again',
  examples: [['smd jobs resume refresh', 'What was due meanwhile is not made up for']],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Which job', complete: 'job' },
  },
  async run({ call, io }, { name }) {
    const job = await call('jobs.resume', { name })
    if (io.json) return io.value(job)
    io.line(`${name} runs by its schedule, next ${nextText(job, Date.now())}.`)
  },
})
