import type { ResultOf } from '../../../../protocol/methods.ts'
import { Badge } from '../../components/badge/badge.tsx'
import { formatAge, formatTime } from '../../lib/format.ts'
import { severityWords } from '../../lib/health-words.ts'
import { useNow } from '../../lib/use-now.ts'
import styles from './health-page.module.css'

type Warning = ResultOf<'daemon.status'>['health']['warnings'][number]

/** Everything the daemon warns of, worst first, each with its fix; says so when there is nothing. */
export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  const now = useNow()
  if (warnings.length === 0) return <p class={styles.well}>The daemon warns of nothing.</p>
  return (
    <ul class={styles.warnings} aria-label="Warnings">
      {warnings.map(({ code, severity, title, text, fix, raisedAt }) => {
        const { name, tone, meaning } = severityWords[severity]
        return (
          <li key={code} class={styles.warning} data-tone={tone}>
            <h2>
              <Badge tone={tone} title={meaning}>
                {name}
              </Badge>{' '}
              {title}
              <span class={styles.since}>
                since {formatTime(raisedAt)} ({formatAge(raisedAt, now)})
              </span>
            </h2>
            <p>{text}</p>
            <p>
              <strong>What to do:</strong> {fix}
            </p>
            <code class="muted">{code}</code>
          </li>
        )
      })}
    </ul>
  )
}
