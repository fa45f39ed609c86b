import { Card } from '../../components/card/card.tsx'
import { formatAge, formatUntil, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useNow } from '../../lib/use-now.ts'
import { useProjectCache } from '../../lib/use-project-cache.ts'
import { useQuery } from '../../lib/use-query.ts'
import { statusWords } from '../../lib/words.ts'
import styles from './health-page.module.css'

/** Projects that could not be read, or are gone, with why; nothing when there are none. */
export function FailedProjects() {
  const { projects } = useProjectCache()
  const now = useNow()
  const failed = projects?.filter(({ status }) => status === 'error' || status === 'missing') ?? []
  if (failed.length === 0) return null
  return (
    <Card title={`${plural(failed.length, 'project')} could not be read`} href="/projects?show=failed">
      <ul class={styles.failures}>
        {failed.map(({ id, name, path, status, errorMessage, lastFetchedAt }) => (
          <li key={id}>
            <Link href={`/projects/${id}`}>{name}</Link> {errorMessage ?? statusWords[status].meaning}{' '}
            <span class="muted">
              {path}
              {lastFetchedAt !== null && `; read ${formatAge(lastFetchedAt, now)}`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Sources of artifacts that did not answer the last time; nothing when all did. */
export function FailedSources() {
  const { data } = useQuery('upstream.sources', { limit: 10_000 })
  const now = useNow()
  const failed = data?.items.filter(({ failure }) => failure !== null) ?? []
  if (failed.length === 0) return null
  return (
    <Card title={`${plural(failed.length, 'source')} did not answer`} href="/outdated">
      <ul class={styles.failures}>
        {failed.map(({ name, artifactCount, failure }) => (
          <li key={name}>
            <span class="mono">{name}</span> {failure?.message}{' '}
            <span class="muted">
              {plural(artifactCount, 'artifact')}; asked again {formatUntil(failure?.retryAt ?? now, now)}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
