import { BarList } from '../../components/bar-list/bar-list.tsx'
import { Card } from '../../components/card/card.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'

const metrics = { total: 'All events', deploys: 'Deployed', uses: 'Used by agents' } as const
type Metric = keyof typeof metrics

/** The artifacts with which most was done. */
export function TopCard() {
  const [{ by }, show] = useUrlState({ by: '' })
  const metric: Metric = by in metrics ? (by as Metric) : 'total'
  const { data, error, reload } = useQuery('analytics.top', { metric, limit: 15 })
  const rows = data?.items.filter((item) => item[metric] > 0)
  return (
    <Card
      title="Most used"
      loading={!data}
      error={error}
      onRetry={reload}
      beside={
        <select
          class="field"
          aria-label="Counted"
          value={metric}
          onChange={({ currentTarget }) =>
            show({ by: currentTarget.value === 'total' ? '' : currentTarget.value })
          }
        >
          {Object.entries(metrics).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      }
    >
      {rows?.length === 0 && <p class="muted">Nothing of that was noted yet.</p>}
      {rows && (
        <BarList
          label={`Artifacts by ${metrics[metric].toLowerCase()}`}
          bars={rows.map((item) => ({
            key: `${item.type} ${item.name}`,
            label: (
              <>
                {item.name} <span class="muted">{item.type}</span>
              </>
            ),
            count: item[metric],
            tone: 'info' as const,
          }))}
        />
      )}
    </Card>
  )
}
