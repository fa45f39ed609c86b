import { Badge } from '../../components/badge/badge.tsx'
import { formatAge, formatUntil, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './outdated-page.module.css'

/** Sources that did not answer the last time: what is shown of them is what they said before. Silent without any. */
export function SourceFailures() {
  const { data } = useQuery('upstream.sources', { limit: 10_000 })
  const now = useNow()
  const failed = data?.items.filter(({ failure }) => failure !== null) ?? []
  if (failed.length === 0) return null
  return (
    <details class={styles.failures}>
      <summary>
        <Badge tone="attention">{plural(failed.length, 'source')} did not answer</Badge>
        <span class="muted"> Artifacts from there are shown as they were judged before.</span>
      </summary>
      <ul>
        {failed.map(({ name, artifactCount, checkedAt, failure }) => (
          <li key={name}>
            <span class="mono">{name}</span> {failure?.message}{' '}
            <span class="muted">
              {plural(artifactCount, 'artifact')};{' '}
              {checkedAt === null ? 'it never answered' : `it answered ${formatAge(checkedAt, now)}`}; asked
              again {formatUntil(failure?.retryAt ?? now, now)}.
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
