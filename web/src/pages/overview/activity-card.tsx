import { Card } from '../../components/card/card.tsx'
import { lazily } from '../../lib/lazily.tsx'
import { useQuery } from '../../lib/use-query.ts'
import styles from './overview-page.module.css'

const ActivityChart = lazily(
  async () => (await import('../../components/activity-chart/activity-chart.tsx')).ActivityChart,
)

const DAYS = 30

/** What was added, changed and removed on each of the last days. */
export function ActivityCard() {
  const utcOffset = -new Date().getTimezoneOffset()
  const { data, error, reload } = useQuery('events.activity', { days: DAYS, utcOffset })
  return (
    <Card title="Activity" loading={!data} error={error} onRetry={reload}>
      {data && (
        <div class={styles.chart}>
          <ActivityChart label={`Last ${DAYS} days`} days={data.items} />
        </div>
      )}
    </Card>
  )
}
