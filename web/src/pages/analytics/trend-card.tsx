import { BarList } from '../../components/bar-list/bar-list.tsx'
import { Card } from '../../components/card/card.tsx'
import { formatCount } from '../../lib/format.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'

const periods = {
  day: { name: 'Days', days: 30 },
  week: { name: 'Weeks', days: 182 },
  month: { name: 'Months', days: 365 },
} as const
type Period = keyof typeof periods

/** How much was done over time, newest first. */
export function TrendCard() {
  const [{ period: chosen }, show] = useUrlState({ period: '' })
  const period: Period = chosen in periods ? (chosen as Period) : 'day'
  const { data: answer, error, reload } = useQuery('analytics.trends', { period, days: periods[period].days })
  const data = useKept(answer)
  const total = data?.points.reduce((sum, { events }) => sum + events, 0) ?? 0
  return (
    <Card
      title="Over time"
      loading={!data}
      error={error}
      onRetry={reload}
      beside={
        <select
          class="field"
          aria-label="Period"
          value={period}
          onChange={({ currentTarget }) =>
            show({ period: currentTarget.value === 'day' ? '' : currentTarget.value })
          }
        >
          {Object.entries(periods).map(([value, { name }]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      }
    >
      <p class="muted">{formatCount(total)} events; the artifact with most of them beside each.</p>
      <BarList
        label="Events over time"
        bars={(data?.points ?? []).toReversed().map(({ at, events, top }) => ({
          key: `${at}`,
          label: (
            <>
              {dayOf(at)} <span class="muted">{top}</span>
            </>
          ),
          count: events,
          tone: 'info' as const,
        }))}
      />
    </Card>
  )
}

/** Periods begin at midnight UTC. */
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
