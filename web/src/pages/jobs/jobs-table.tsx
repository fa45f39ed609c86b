import { Badge } from '../../components/badge/badge.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { formatAge, formatDuration, formatTime, formatUntil } from '../../lib/format.ts'
import { detailText, type Job, jobStateWords, outcomeWords, scheduleText } from '../../lib/job-words.ts'
import { useNow } from '../../lib/use-now.ts'
import { useWidth } from '../../lib/use-width.ts'
import styles from './jobs-page.module.css'
import { type Jobs, useJobs } from './use-jobs.ts'

/** Every job with its schedule, how it went last time, when it runs next, and what can be done with it. */
export function JobsTable() {
  const jobs = useJobs()
  const width = useWidth()
  const { data, error, isOld, loadedAt, reload } = jobs
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <TableSkeleton label="Reading the jobs…" />}
      {data && (
        <>
          <OldMark isOld={isOld} at={loadedAt} />
          <table class={styles.table}>
            <caption class="hidden">Jobs</caption>
            <thead>
              <tr>
                <th scope="col">Job</th>
                {width !== 'narrow' && (
                  <>
                    <th scope="col">State</th>
                    <th scope="col">Schedule</th>
                    <th scope="col">Next</th>
                    <th scope="col">Last run</th>
                  </>
                )}
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((job) => (
                <JobRow key={job.name} job={job} jobs={jobs} isNarrow={width === 'narrow'} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  )
}

function JobRow({ job, jobs, isNarrow }: { job: Job; jobs: Jobs; isNarrow: boolean }) {
  const { name, summary, schedule, state, skipped } = job
  const isBusy = jobs.isBusy(name)
  const runWord = state === 'running' ? 'Running…' : 'Run now'
  return (
    <tr>
      <th scope="row">
        {name}
        <span class={styles.about}>{summary}</span>
        {isNarrow && (
          <span class={styles.about}>
            <State job={job} /> {scheduleText(schedule)}; next <Next job={job} />; <LastRun job={job} />
          </span>
        )}
      </th>
      {!isNarrow && (
        <>
          <td>
            <State job={job} />
          </td>
          <td class={styles.short}>
            {scheduleText(schedule)}
            {skipped > 0 && <span class={styles.about}>{skipped} times let pass</span>}
          </td>
          <td class={styles.short}>
            <Next job={job} />
          </td>
          <td class={styles.short}>
            <LastRun job={job} />
          </td>
        </>
      )}
      <td class={styles.actions}>
        <button
          type="button"
          class="button"
          disabled={isBusy || state === 'running'}
          aria-label={`${runWord}: ${name}`}
          onClick={() => jobs.run(job)}
        >
          {runWord}
        </button>
        {state === 'paused' ? (
          <button
            type="button"
            class="button"
            disabled={isBusy}
            aria-label={`Resume ${name}`}
            onClick={() => jobs.resume(job)}
          >
            Resume
          </button>
        ) : (
          <button
            type="button"
            class="button"
            disabled={isBusy}
            aria-label={`Pause ${name}`}
            onClick={() => jobs.pause(job)}
          >
            Pause
          </button>
        )}
      </td>
    </tr>
  )
}

function State({ job: { state, detail } }: { job: Job }) {
  const { name, tone, meaning } = jobStateWords[state]
  const progress = state === 'running' ? detailText(detail) : ''
  return (
    <>
      <Badge tone={tone} title={meaning}>
        {name}
      </Badge>
      {progress !== '' && <span class={styles.about}>{progress}</span>}
    </>
  )
}

function Next({ job: { nextAt } }: { job: Job }) {
  const now = useNow()
  if (nextAt === null) return <span class="muted">not by itself</span>
  return <span title={formatTime(nextAt)}>{formatUntil(nextAt, now)}</span>
}

function LastRun({ job: { lastRun } }: { job: Job }) {
  const now = useNow()
  if (lastRun === null) return <span class="muted">has not run yet</span>
  const { startedAt, endedAt, outcome, error } = lastRun
  return (
    <>
      <span title={formatTime(startedAt)}>{formatAge(startedAt, now)}</span>{' '}
      {outcome && (
        <Badge tone={outcomeWords[outcome].tone} title={error ?? outcomeWords[outcome].meaning}>
          {outcomeWords[outcome].name}
        </Badge>
      )}{' '}
      {endedAt !== null && <span class="muted">{formatDuration(endedAt - startedAt)}</span>}
    </>
  )
}
