import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { call } from '../../connection.ts'
import type { Job } from '../../lib/job-words.ts'
import { notifyFailure } from '../../lib/use-action.ts'
import { type QueryResult, queries, useQuery } from '../../lib/use-query.ts'

const KEY = 'jobs.list {}'

export type Jobs = QueryResult<ResultOf<'jobs.list'>> & {
  /** Whether somebody here asked for something about this job that is not done yet. */
  isBusy(name: string): boolean
  run(job: Job): void
  pause(job: Job): void
  resume(job: Job): void
}

/**
 * All jobs, and what can be done with them. What is asked for is shown at once; when the daemon refuses, it is taken back
 * and told.
 */
export function useJobs(): Jobs {
  const query = useQuery('jobs.list', {})
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())

  const change = async (job: Job, soon: Partial<Job>, send: () => Promise<unknown>): Promise<void> => {
    const { name } = job
    setBusy((names) => new Set(names).add(name))
    queries.expect<ResultOf<'jobs.list'>>(KEY, (jobs) => withJob(jobs, name, soon))
    try {
      await send()
    } catch (error) {
      queries.expect<ResultOf<'jobs.list'>>(KEY, (jobs) => withJob(jobs, name, job))
      notifyFailure(error, () => void change(job, soon, send))
    } finally {
      setBusy((names) => new Set([...names].filter((other) => other !== name)))
      queries.invalidate((key) => key.startsWith('jobs.'))
    }
  }
  return {
    ...query,
    isBusy: (name) => busy.has(name),
    run: (job) =>
      void change(job, { state: 'running' }, () => call('jobs.run', { name: job.name, background: true })),
    pause: (job) =>
      void change(job, { state: 'paused', nextAt: null }, () => call('jobs.pause', { name: job.name })),
    resume: (job) => void change(job, { state: 'idle' }, () => call('jobs.resume', { name: job.name })),
  }
}

const withJob = (jobs: ResultOf<'jobs.list'>, name: string, change: Partial<Job>): ResultOf<'jobs.list'> => ({
  ...jobs,
  items: jobs.items.map((job) => (job.name === name ? { ...job, ...change } : job)),
})
