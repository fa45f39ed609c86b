import { formatCount, formatDate } from '../../lib/format.ts'
import styles from './activity-chart.module.css'
import { type ActivityDay, kinds } from './activity-chart.tsx'

/** Units of the drawing: it is stretched to the room there is. */
const DAY_WIDTH = 10
const BAR_WIDTH = 7
const HEIGHT = 100
/** What happened at all is to be seen, however much happened on other days. */
const LEAST = 1

type Props = {
  days: readonly ActivityDay[]
  /** The day under the pointer, or null. */
  onHover(index: number | null): void
}

/** A bar for each day, added below, then changed, then removed; assistive technology has the table instead. */
export function Bars({ days, onHover }: Props) {
  const most = Math.max(1, ...days.map(({ added, changed, removed }) => added + changed + removed))
  const hover = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    const index = Math.floor(((event.clientX - left) / width) * days.length)
    onHover(Math.max(0, Math.min(days.length - 1, index)))
  }
  return (
    <div class={styles.bars} aria-hidden="true">
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${days.length * DAY_WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        onPointerMove={hover}
        onPointerLeave={() => onHover(null)}
      >
        {days.map((day, index) => {
          let top = HEIGHT
          return kinds.map((kind) => {
            if (day[kind] === 0) return null
            const height = Math.max(LEAST, (day[kind] / most) * HEIGHT)
            top -= height
            return (
              <rect
                key={`${day.at} ${kind}`}
                data-kind={kind}
                x={index * DAY_WIDTH + (DAY_WIDTH - BAR_WIDTH) / 2}
                y={top}
                width={BAR_WIDTH}
                height={height}
              />
            )
          })
        })}
      </svg>
      <div class={styles.axis}>
        <span>{formatDate(days[0]?.at ?? 0)}</span>
        <span>at most {formatCount(most)} a day</span>
        <span>{formatDate(days.at(-1)?.at ?? 0)}</span>
      </div>
    </div>
  )
}
