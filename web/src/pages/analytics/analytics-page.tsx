import { Page } from '../../components/page/page.tsx'
import { useQuery } from '../../lib/use-query.ts'
import styles from './analytics-page.module.css'
import { NotedCard } from './noted-card.tsx'
import { TopCard } from './top-card.tsx'
import { TrendCard } from './trend-card.tsx'
import { UnusedCard } from './unused-card.tsx'

/** What was done with artifacts on this machine, and what nothing is done with. */
export function AnalyticsPage() {
  const summary = useQuery('analytics.summary', {})
  return (
    <Page title="Analytics" busy={summary.loading}>
      <div class={styles.cards}>
        <div>
          <NotedCard summary={summary} />
          <TopCard />
        </div>
        <div>
          <TrendCard />
        </div>
      </div>
      <UnusedCard />
    </Page>
  )
}
