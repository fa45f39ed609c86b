import { Page } from '../../components/page/page.tsx'
import { Link } from '../../lib/location.tsx'
import { useUrlState } from '../../lib/use-url-state.ts'
import styles from './jobs-page.module.css'
import { JobsTable } from './jobs-table.tsx'
import { LogView } from './log-view.tsx'
import { RunHistory } from './run-history.tsx'

/** What the daemon does by itself, how it went, and what it wrote to its log. */
export function JobsPage() {
  const [{ view }] = useUrlState({ view: '' })
  const isLog = view === 'log'
  return (
    <Page
      title="Jobs and logs"
      fills={isLog}
      beside={
        <nav class={styles.views} aria-label="Jobs and logs">
          <Link href="/jobs" class="button" aria-current={isLog ? undefined : 'page'}>
            Jobs
          </Link>
          <Link href="/jobs?view=log" class="button" aria-current={isLog ? 'page' : undefined}>
            Log
          </Link>
        </nav>
      }
    >
      {isLog ? (
        <LogView />
      ) : (
        <>
          <JobsTable />
          <RunHistory />
        </>
      )}
    </Page>
  )
}
