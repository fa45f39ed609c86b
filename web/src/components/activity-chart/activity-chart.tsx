import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { formatCount, formatDate } from '../../lib/format.ts'
import { useStored } from '../../lib/use-stored.ts'
import styles from './activity-chart.module.css'
import type { StackedBars } from './stacked-bars.ts'

/** What happened on one day, as `events.activity` tells it. */
export type ActivityDay = ResultOf<'events.activity'>['items'][number]

const kinds = ['added', 'changed', 'removed'] as const

/** How many artifacts were added, changed and removed on each day: bars, or the table behind them. */
export function ActivityChart({ label, days }: { label: string; days: readonly ActivityDay[] }) {
  const [view, setView] = useStored('activity', ['chart', 'table'])
  const [canDraw, setCanDraw] = useState(hasCanvas)
  const [hovered, setHovered] = useState<number | null>(null)
  const id = useId()
  const isChart = view === 'chart' && canDraw
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
        {canDraw && (
          <button
            type="button"
            class="button"
            aria-pressed={view === 'table'}
            onClick={() => setView(view === 'table' ? 'chart' : 'table')}
          >
            Table
          </button>
        )}
      </figcaption>
      {isChart && <Bars days={days} onHover={setHovered} onFailure={() => setCanDraw(false)} />}
      <div class={isChart ? 'hidden' : styles.tableBox}>
        <DaysTable label={label} days={days} />
      </div>
    </figure>
  )
}

const sumOf = (days: readonly ActivityDay[], kind: (typeof kinds)[number]): number =>
  days.reduce((sum, day) => sum + day[kind], 0)

/** Browsers may be told not to have any. */
const hasCanvas = (): boolean => document.createElement('canvas').getContext('2d') !== null

type BarsProps = {
  days: readonly ActivityDay[]
  onHover: (index: number | null) => void
  onFailure: () => void
}

/** The drawing, whose code is loaded when it is shown; assistive technology has the table. */
function Bars({ days, onHover, onFailure }: BarsProps) {
  const element = useRef<HTMLDivElement>(null)
  const bars = useRef<StackedBars | null>(null)
  const latest = useRef({ days, onHover })
  latest.current = { days, onHover }
  useEffect(() => {
    let isGone = false
    import('./stacked-bars.ts').then(
      ({ drawStackedBars }) => {
        if (isGone || !element.current) return
        bars.current = drawStackedBars(element.current, latest.current.days, (index) =>
          latest.current.onHover(index),
        )
      },
      // Without it there is the table.
      () => isGone || onFailure(),
    )
    return () => {
      isGone = true
      bars.current?.destroy()
      bars.current = null
      latest.current.onHover(null)
    }
  }, [])
  useEffect(() => bars.current?.setDays(days), [days])
  return <div ref={element} class={styles.bars} aria-hidden="true" />
}

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
