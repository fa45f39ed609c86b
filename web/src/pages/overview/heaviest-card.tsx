import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import { Card } from '../../components/card/card.tsx'
import { formatBytes, formatTokens } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { typeNames } from '../../lib/words.ts'
import styles from './overview-page.module.css'

/** The artifacts that cost a model most. */
export function HeaviestCard() {
  const { data, error, reload } = useQuery('artifacts.table', { sort: 'tokens', descending: true, limit: 10 })
  const at = (column: (typeof wanted)[number]): number => data?.columns.indexOf(column) ?? -1
  return (
    <Card
      title="Heaviest"
      href="/artifacts?sort=tokens&desc=1"
      beside={<span>tokens, size</span>}
      loading={!data}
      error={error}
      onRetry={reload}
    >
      {data?.rows.length === 0 && <p class="muted">There is no artifact yet.</p>}
      <ul class={styles.list}>
        {data?.rows.map((row) => {
          const place = row[at('projectName')] ?? row[at('scope')]
          return (
            <li key={row[at('id')]}>
              <span class={styles.clipped} title={`${row[at('name')]}, ${place}`}>
                <Link href={`/artifacts/${row[at('id')]}`}>{row[at('name')]}</Link>{' '}
                <span class="muted">
                  {typeNames[row[at('type')] as ArtifactType]}, {place}
                </span>
              </span>
              <span class={styles.age}>
                {formatTokens(Number(row[at('tokens')]))}, {formatBytes(Number(row[at('sizeBytes')]))}
              </span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

const wanted = ['id', 'name', 'type', 'scope', 'projectName', 'tokens', 'sizeBytes'] as const
