import { Badge } from '../../components/badge/badge.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { healthWords } from '../../lib/health-words.ts'
import { useQuery } from '../../lib/use-query.ts'
import { FailedProjects, FailedSources } from './failures.tsx'
import styles from './health-page.module.css'
import { CacheCard, DaemonCard, PageCard, WatchCard } from './system-cards.tsx'
import { Warnings } from './warnings.tsx'

/** Whether all is well: each warning with what to do about it, and the figures of the daemon behind it. */
export function HealthPage() {
  const { data, error, loading, isOld, loadedAt, reload } = useQuery('daemon.status', {})
  const words = data && healthWords[data.health.state]
  return (
    <Page
      title="Health"
      busy={loading}
      beside={
        <>
          {words && (
            <Badge tone={words.tone} title={words.meaning}>
              {words.name}
            </Badge>
          )}
          {data && <OldMark isOld={isOld} at={loadedAt} />}
        </>
      }
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <TableSkeleton label="Reading how the daemon is…" />}
      {data && (
        <>
          <Warnings warnings={data.health.warnings} />
          <FailedProjects />
          <FailedSources />
          <div class={styles.cards}>
            <CacheCard />
            <div>
              <DaemonCard status={data} at={loadedAt} />
              <WatchCard watch={data.watch} />
              <PageCard />
            </div>
          </div>
        </>
      )}
    </Page>
  )
}
