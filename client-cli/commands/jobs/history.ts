import { defineCommand } from '../../command.ts'
import { formatAge } from '../../format/values.ts'
import { detailText, outcomeStyle, outcomeText, type Run, tookText } from './job-text.ts'

export const jobsHistoryCommand = defineCommand({
  name: 'jobs history',
  summary: 'Show the latest runs of one job, or of all',
  examples: [['smd jobs history refresh --limit 5', 'The last five times']],
  args: {
    job: { type: 'string', positional: true, describe: 'Which job; all without it', complete: 'job' },
    limit: { type: 'number', alias: 'l', min: 1, max: 10_000, describe: 'How many to print (default: 20)' },
    cursor: { type: 'string', describe: 'Continue after an earlier page' },
  },
  async run({ call, io }, { job, limit = 20, cursor }) {
    const page = await call('jobs.history', { job, limit, cursor })
    if (io.json) return io.value(page)
    if (page.total === 0) return io.note('No run is known.')
    const now = Date.now()
    await io.table<Run>(page.items, [
      { title: 'JOB', text: (run) => run.job, style: () => 'bold' },
      { title: 'STARTED', text: (run) => formatAge(run.startedAt, now) },
      { title: 'CAUSE', text: (run) => run.cause, style: () => 'dim' },
      { title: 'OUTCOME', text: outcomeText, style: outcomeStyle },
      { title: 'TOOK', text: tookText, align: 'right' },
      {
        title: 'DETAIL',
        text: (run) => run.error ?? detailText(run.detail),
        style: () => 'dim',
        shrink: 20,
        drop: 1,
      },
    ])
    if (page.nextCursor) io.note(`More: smd jobs history ${job ? `${job} ` : ''}--cursor ${page.nextCursor}`)
  },
})
