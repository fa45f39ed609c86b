import { useState } from 'preact/hooks'
import { Badge } from '../../components/badge/badge.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { formatAge, formatCount, formatDuration, formatTime, plural } from '../../lib/format.ts'
import { causeWords, detailText, outcomeWords, type Run } from '../../lib/job-words.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useNow } from '../../lib/use-now.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { useWidth } from '../../lib/use-width.ts'
import styles from './jobs-page.module.css'

/** How many runs are shown at first, and how many more each time. */
const STEP = 20

/** Runs of all jobs, or of one, newest first. */
export function RunHistory() {
  const [{ job }, show] = useUrlState({ job: '' })
  const [limit, setLimit] = useState(STEP)
  const runs = useQuery('jobs.history', { limit, ...(job !== '' && { job }) })
  const data = useKept(runs.data)
  const { data: jobs } = useQuery('jobs.list', {})
  const isNarrow = useWidth() === 'narrow'
  return (
    <section aria-labelledby="runs">
      <header class={styles.head}>
        <h2 id="runs">Runs</h2>
        <select
          class="field"
          aria-label="Runs of"
          value={job}
          onChange={({ currentTarget }) => show({ job: currentTarget.value })}
        >
          <option value="">All jobs</option>
          {(jobs?.items.map(({ name }) => name) ?? [job].filter(Boolean)).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <span role="status" class="muted">
          {data && plural(data.total, 'run')}
        </span>
      </header>
      {runs.error && <ErrorNotice error={runs.error} onRetry={runs.reload} />}
      {data?.items.length === 0 && <p class="muted">Nothing has run yet. “Run now” runs a job at once.</p>}
      {data && data.items.length > 0 && (
        <table class={styles.table}>
          <caption class="hidden">Runs</caption>
          <thead>
            <tr>
              <th scope="col">Started</th>
              <th scope="col">Job</th>
              <th scope="col">Outcome</th>
              {!isNarrow && (
                <>
                  <th scope="col">Took</th>
                  <th scope="col">Cause</th>
                  <th scope="col">What it told</th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {data.items.map((run) => (
              <RunRow key={run.id} run={run} isNarrow={isNarrow} />
            ))}
          </tbody>
        </table>
      )}
      {data && data.items.length < data.total && (
        <button
          type="button"
          class="button"
          disabled={runs.loading}
          onClick={() => setLimit(limit + 5 * STEP)}
        >
          Show more of {formatCount(data.total)}
        </button>
      )}
    </section>
  )
}

function RunRow({ run, isNarrow }: { run: Run; isNarrow: boolean }) {
  const now = useNow()
  const { job, cause, startedAt, endedAt, outcome, error, detail } = run
  const told = error ?? detailText(detail)
  return (
    <tr>
      <td>
        <span title={formatTime(startedAt)}>{formatAge(startedAt, now)}</span>
      </td>
      <td>{job}</td>
      <td>
        {outcome === null ? (
          <Badge tone="info">Running</Badge>
        ) : (
          <Badge tone={outcomeWords[outcome].tone} title={outcomeWords[outcome].meaning}>
            {outcomeWords[outcome].name}
          </Badge>
        )}
        {isNarrow && told !== '' && <span class={styles.about}>{told}</span>}
      </td>
      {!isNarrow && (
        <>
          <td>{endedAt === null ? '–' : formatDuration(endedAt - startedAt)}</td>
          <td title={causeWords[cause].meaning}>{causeWords[cause].name}</td>
          <td class={error === null ? undefined : styles.error}>{told || <span class="muted">–</span>}</td>
        </>
      )}
    </tr>
  )
}
