import type { ResultOf } from '../../../../protocol/methods.ts'
import { Card } from '../../components/card/card.tsx'
import { formatCount, formatDate } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './activity-card.module.css'

const DAYS = 30

type Day = ResultOf<'events.activity'>['items'][number]

const kinds = ['added', 'changed', 'removed'] as const

/** What was added, changed and removed on each of the last days. */
export function ActivityCard() {
  const utcOffset = -new Date().getTimezoneOffset()
  const { data, error, reload } = useQuery('events.activity', { days: DAYS, utcOffset })
  return (
    <Card title="Activity" beside={<Legend />} loading={!data} error={error} onRetry={reload}>
      {data && <Days days={data.items} />}
    </Card>
  )
}

function Legend() {
  return (
    <span class={styles.legend} aria-hidden="true">
      {kinds.map((kind) => (
        <span key={kind} data-kind={kind}>
          {kind}
        </span>
      ))}
    </span>
  )
}

const sumOf = ({ added, changed, removed }: Day): number => added + changed + removed

/** A bar for each day, and the same as a table for who does not look at it. */
function Days({ days }: { days: readonly Day[] }) {
  const most = Math.max(1, ...days.map(sumOf))
  const busy = days.filter((day) => sumOf(day) > 0)
  const [first, last] = [days[0], days.at(-1)]
  return (
    <>
      <div class={styles.days} aria-hidden="true">
        {days.map((day) => (
          <span key={day.at} class={styles.day} title={`${formatDate(day.at)}: ${textOf(day)}`}>
            {kinds.map((kind) => (
              <span key={kind} data-kind={kind} style={{ height: `${(100 * day[kind]) / most}%` }} />
            ))}
          </span>
        ))}
      </div>
      <div class={styles.axis} aria-hidden="true">
        <span>{first && formatDate(first.at)}</span>
        <span>most in a day: {formatCount(most)}</span>
        <span>{last && formatDate(last.at)}</span>
      </div>
      <div class="hidden">
        <table>
          <caption>Artifacts added, changed and removed in the last {days.length} days</caption>
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
      </div>
    </>
  )
}

const textOf = (day: Day): string =>
  sumOf(day) === 0 ? 'nothing' : kinds.map((kind) => `${formatCount(day[kind])} ${kind}`).join(', ')
