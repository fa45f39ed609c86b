import { Age } from '../../components/age/age.tsx'
import { Badge } from '../../components/badge/badge.tsx'
import { Card } from '../../components/card/card.tsx'
import { formatAge, formatUntil } from '../../lib/format.ts'
import { healthWords, severityWords } from '../../lib/health-words.ts'
import { jobStateWords, outcomeWords } from '../../lib/job-words.ts'
import { Link } from '../../lib/location.tsx'
import { useNow } from '../../lib/use-now.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './overview-page.module.css'

/** How the daemon is, with the first warnings. */
export function HealthCard() {
  const { data, error, reload } = useQuery('daemon.status', {})
  const now = useNow()
  const words = data && healthWords[data.health.state]
  return (
    <Card
      title="Health"
      href="/health"
      beside={
        words && (
          <Badge tone={words.tone} title={words.meaning}>
            {words.name}
          </Badge>
        )
      }
      loading={!data}
      error={error}
      onRetry={reload}
    >
      {data && (
        <ul class={styles.list}>
          {data.health.warnings.slice(0, 3).map(({ code, severity, title, fix }) => (
            <li key={code}>
              <Link class={styles.clipped} href="/health" title={fix}>
                {title}
              </Link>
              <Badge tone={severityWords[severity].tone}>{severityWords[severity].name}</Badge>
            </li>
          ))}
          <li>
            <span class="muted">Everything read</span>
            <span class={styles.age}>
              {data.cache.refreshing
                ? 'right now'
                : data.cache.lastRefreshAt === null
                  ? 'not yet'
                  : formatAge(data.cache.lastRefreshAt, now)}
            </span>
          </li>
          <li>
            <span class="muted">Watched</span>
            <span class={styles.age}>
              {data.watch
                ? `${data.watch.units - data.watch.scanUnits} of ${data.watch.units} places`
                : 'nothing'}
            </span>
          </li>
        </ul>
      )}
    </Card>
  )
}

/** What the daemon does by itself: how it went, and when next. */
export function JobsCard() {
  const { data, error, reload } = useQuery('jobs.list', {})
  const now = useNow()
  return (
    <Card
      title="Jobs"
      href="/jobs"
      beside={<span>last, next</span>}
      loading={!data}
      error={error}
      onRetry={reload}
    >
      <ul class={styles.list}>
        {data?.items.map(({ name, summary, state, nextAt, lastRun }) => (
          <li key={name}>
            <span title={summary}>{name}</span>
            <span class={styles.marks}>
              {state !== 'idle' && (
                <Badge tone={jobStateWords[state].tone}>{jobStateWords[state].name}</Badge>
              )}
              {lastRun?.outcome && lastRun.outcome !== 'success' && (
                <Badge
                  tone={outcomeWords[lastRun.outcome].tone}
                  title={lastRun.error ?? outcomeWords[lastRun.outcome].meaning}
                >
                  {outcomeWords[lastRun.outcome].name}
                </Badge>
              )}
              <span class={styles.age}>
                {lastRun ? <Age at={lastRun.startedAt} /> : 'not yet'},{' '}
                {nextAt === null ? 'by hand' : formatUntil(nextAt, now)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
