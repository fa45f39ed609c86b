import { defineCommand } from '../../command.ts'

export const jobsPauseCommand = defineCommand({
  name: 'jobs pause',
  summary: 'Let a job run by hand only, until it is resumed',
  examples: [['smd jobs pause refresh', 'Kept in config.toml, as jobs.paused']],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Which job', complete: 'job' },
  },
  async run({ call, io }, { name }) {
    const job = await call('jobs.pause', { name })
    if (io.json) return io.value(job)
    io.line(`${name} is paused.`)
    io.note(`Let it run again with: smd jobs resume ${name}`)
  },
})
