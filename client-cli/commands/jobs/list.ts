import { defineCommand } from '../../command.ts'
import { formatAge } from '../../format/values.ts'
import { type Job, nextText, outcomeStyle, outcomeText, scheduleText } from './job-text.ts'

export const jobsListCommand = defineCommand({
  name: 'jobs list',
  summary: 'Show what the daemon does by itself: when next, and how it went last time',
  groupDefault: true,
  examples: [
    ['smd jobs', 'The same'],
    ['smd jobs list --json | jq -r ".items[] | select(.state == \\"paused\\").name"', 'Which are paused'],
  ],
  args: {},
  async run({ call, io }) {
    const { items, total } = await call('jobs.list', {})
    if (io.json) return io.value({ items, total })
    const now = Date.now()
    await io.table<Job>(items, [
      { title: 'JOB', text: (job) => job.name, style: () => 'bold' },
      {
        title: 'STATE',
        text: (job) => job.state,
        style: (job) => (job.state === 'paused' ? 'yellow' : 'dim'),
      },
      { title: 'SCHEDULE', text: scheduleText },
      { title: 'NEXT', text: (job) => nextText(job, now) },
      { title: 'LAST', text: ({ lastRun }) => formatAge(lastRun?.startedAt ?? null, now) },
      {
        title: 'OUTCOME',
        text: ({ lastRun }) => (lastRun ? outcomeText(lastRun) : '-'),
        style: ({ lastRun }) => (lastRun ? outcomeStyle(lastRun) : 'dim'),
      },
      { title: 'WHAT', text: (job) => job.summary, style: () => 'dim', shrink: 20, drop: 1 },
    ])
    for (const { name, lastRun } of items) if (lastRun?.error) io.note(`${name}: ${lastRun.error}`)
  },
})
