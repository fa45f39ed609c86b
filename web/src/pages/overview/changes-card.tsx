import type { ResultOf } from '../../../../protocol/methods.ts'
import { Age } from '../../components/age/age.tsx'
import { Card } from '../../components/card/card.tsx'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useQuery } from '../../lib/use-query.ts'
import styles from './overview-page.module.css'

type Change = ResultOf<'events.history'>['items'][number]

/** What happened to projects and artifacts lately, newest first. */
export function ChangesCard() {
  const { data, error, reload } = useQuery('events.history', { limit: 7 })
  return (
    <Card title="Recent changes" loading={!data} error={error} onRetry={reload}>
      {data?.items.length === 0 && (
        <p class="muted">
          Nothing has changed yet. What is added, edited or removed on the disk stands here.
        </p>
      )}
      <ul class={styles.list}>
        {data?.items.map((change) => (
          <li key={`${change.at} ${change.topic} ${JSON.stringify(change.data)}`}>
            <span class={styles.clipped} title={textOf(change)}>
              <Subject change={change} /> {whatOf(change)}
            </span>
            <span class={styles.age}>
              <Age at={change.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Subject({ change }: { change: Change }) {
  if (change.topic === 'artifacts.changed') {
    const { project, path } = change.data
    return project ? <Link href={`/projects/${project.id}`}>{project.name}</Link> : lastPart(path)
  }
  if (change.topic === 'projects.changed')
    return change.data.change === 'removed' ? (
      change.data.name
    ) : (
      <Link href={`/projects/${change.data.id}`}>{change.data.name}</Link>
    )
  return change.topic === 'collections.changed' ? change.data.name : null
}

const lastPart = (path: string): string => path.split(/[\\/]/).findLast((part) => part !== '') ?? path

/** How many names of artifacts are told before the rest is only counted. */
const NAMED = 2

function whatOf(change: Change): string {
  if (change.topic === 'projects.changed')
    return change.data.change === 'changed'
      ? `is ${change.data.status} now`
      : { added: 'was found', removed: 'was forgotten' }[change.data.change]
  if (change.topic !== 'artifacts.changed') return 'changed'
  const { counts } = change.data
  return (['added', 'changed', 'removed'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => {
      const named = change.data[kind]
      const names = counts[kind] <= NAMED ? named.map(({ name }) => name).join(', ') : ''
      return `${kind} ${names || plural(counts[kind], 'artifact')}`
    })
    .join(', ')
}

function textOf(change: Change): string {
  if (change.topic !== 'artifacts.changed') return ''
  return (['added', 'changed', 'removed'] as const)
    .filter((kind) => change.data[kind].length > 0)
    .map((kind) => `${kind}: ${change.data[kind].map(({ name }) => name).join(', ')}`)
    .join('\n')
}
