import { useId, useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { formatCount, formatDate } from '../../lib/format.ts'
import { useStored } from '../../lib/use-stored.ts'
import styles from './activity-chart.module.css'
import { Bars } from './bars.tsx'

/** What happened on one day, as `events.activity` tells it. */
export type ActivityDay = ResultOf<'events.activity'>['items'][number]

/** From the ground up. */
export const kinds = ['added', 'changed', 'removed'] as const

/** How many artifacts were added, changed and removed on each day: bars, or the table behind them. */
export function ActivityChart({ label, days }: { label: string; days: readonly ActivityDay[] }) {
  const [view, setView] = useStored('activity', ['chart', 'table'])
  const [hovered, setHovered] = useState<number | null>(null)
  const id = useId()
  const isChart = view === 'chart' && days.length > 0
  const day = hovered === null ? undefined : days[hovered]
  const shown = day ?? {
    added: sumOf(days, 'added'),
    changed: sumOf(days, 'changed'),
    removed: sumOf(days, 'removed'),
  }
  return (
    <figure class={styles.figure} aria-labelledby={id}>
      <figcaption class={styles.caption}>
        <span id={id} class={styles.label}>
          {label}
        </span>
        {isChart && (
          <span class={styles.legend} aria-hidden="true">
            {day && <span>{formatDate(day.at)}</span>}
            {kinds.map((kind) => (
              <span key={kind} class={styles.key} data-kind={kind}>
                {formatCount(shown[kind])} {kind}
              </span>
            ))}
          </span>
        )}
        <button
          type="button"
          class="button"
          aria-pressed={view === 'table'}
          onClick={() => setView(view === 'table' ? 'chart' : 'table')}
        >
          Table
        </button>
      </figcaption>
      {isChart && <Bars days={days} onHover={setHovered} />}
      <div class={isChart ? 'hidden' : styles.tableBox} tabIndex={isChart ? undefined : 0}>
        <DaysTable label={label} days={days} />
      </div>
    </figure>
  )
}

const sumOf = (days: readonly ActivityDay[], kind: (typeof kinds)[number]): number =>
  days.reduce((sum, day) => sum + day[kind], 0)

/** Newest first; days on which nothing happened are left out. */
function DaysTable({ label, days }: { label: string; days: readonly ActivityDay[] }) {
  const busy = days.filter(({ added, changed, removed }) => added + changed + removed > 0).toReversed()
  if (busy.length === 0) return <p class="muted">Nothing was added, changed or removed.</p>
  return (
    <table class={styles.table}>
      <caption class="hidden">{label}</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {kinds.map((kind) => (
            <th key={kind} scope="col">
              {kind}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {busy.map((day) => (
          <tr key={day.at}>
            <th scope="row">{formatDate(day.at)}</th>
            {kinds.map((kind) => (
              <td key={kind}>{formatCount(day[kind])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
