import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { ActivityCard } from './activity-card.tsx'
import { AttentionCard } from './attention-card.tsx'
import { ChangesCard } from './changes-card.tsx'
import { StatesCard, TypesCard } from './count-cards.tsx'
import { Figures } from './figures.tsx'
import { HeaviestCard } from './heaviest-card.tsx'
import styles from './overview-page.module.css'
import { HealthCard, JobsCard } from './system-cards.tsx'

/** Everything at a glance: what there is, what needs attention, what happened, and how the daemon is. */
export function OverviewPage() {
  const { data, loading, isOld, loadedAt } = useQuery('cache.status', {})
  return (
    <Page title="Overview" busy={loading} beside={data && <OldMark isOld={isOld} at={loadedAt} />}>
      {data?.artifacts === 0 && data.lastRefreshAt !== null && (
        <p>
          Nothing was found yet. A folder with <code>.claude</code>, <code>.agents</code> or{' '}
          <code>.mcp.json</code> below your home is found by itself; any other one is added with{' '}
          <code>smd projects add FOLDER</code>.
        </p>
      )}
      <Figures />
      <div class={styles.cards}>
        <div>
          <AttentionCard />
          <ActivityCard />
          <HealthCard />
        </div>
        <div>
          <ChangesCard />
          <StatesCard />
          <JobsCard />
        </div>
        <div>
          <TypesCard />
          <HeaviestCard />
        </div>
      </div>
    </Page>
  )
}
