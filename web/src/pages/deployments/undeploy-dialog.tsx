import { useState } from 'preact/hooks'
import { PlanView } from '../../components/deploy-dialog/plan-view.tsx'
import { actionSummary, changesSomething, type Plan } from '../../components/deploy-dialog/plan-words.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useAction } from '../../lib/use-action.ts'
import { useQueries } from '../../lib/use-queries.ts'
import { queries } from '../../lib/use-query.ts'
import type { Batch } from './deployment-filter.ts'
import styles from './deployments-page.module.css'

type Props = { batches: readonly Batch[]; onDone(): void; onClose(): void }

/** Takes the chosen deployments away, and nothing else, by plans that are shown first. */
export function UndeployDialog({ batches, onDone, onClose }: Props) {
  const [overwrite, setOverwrite] = useState(false)
  const requests = batches.map((batch) => requestOf(batch, overwrite))
  const wanted = requests.map((request) => ({
    key: `deployments.plan ${JSON.stringify({ ...request, remove: true })}`,
    freshMs: 0,
    stored: false,
    load: (signal: AbortSignal): Promise<Plan> =>
      call('deployments.plan', { ...request, remove: true }, signal),
  }))
  const plans = useQueries(wanted)
  const failed = plans.find(({ error }) => error)
  const isWhole = plans.every(({ data, loading }) => data !== undefined && !loading)
  const projects = plans.flatMap(({ data }) => data?.projects ?? [])
  const { running, run } = useAction(async () => {
    const operations: string[] = []
    let left = 0
    try {
      for (const [at, request] of requests.entries()) {
        const digest = plans[at]?.data?.digest
        if (digest === undefined) continue
        const done = await call('deployments.undeploy', { ...request, expect: digest })
        if (done.operation !== null) operations.push(done.operation)
        left += done.projects.filter(({ outcome }) => outcome !== 'done').length
      }
      onDone()
      onClose()
    } finally {
      if (operations.length > 0)
        notifyDone(
          left === 0 ? 'Taken away.' : `Taken away; ${plural(left, 'project')} stayed as they were.`,
          operations,
        )
      reloadChanged()
    }
  })
  return (
    <Dialog title="Undeploy" size="wide" onClose={onClose}>
      {failed?.error && (
        <ErrorNotice
          error={failed.error}
          onRetry={() => {
            for (const { key } of wanted) queries.reload(key)
          }}
        />
      )}
      <label class={styles.switch}>
        <input
          type="checkbox"
          checked={overwrite}
          onChange={({ currentTarget }) => setOverwrite(currentTarget.checked)}
        />
        Remove also what was edited; it is kept for undo
      </label>
      <p role="status">{isWhole ? `Plan: ${actionSummary(projects)}.` : failed ? '' : 'Planning…'}</p>
      <PlanView projects={projects} />
      <footer class={styles.foot}>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="button"
          data-primary=""
          disabled={running || !isWhole || !projects.some(changesSomething)}
          aria-busy={running}
          onClick={() => run()}
        >
          {running ? 'Working…' : 'Undeploy'}
        </button>
      </footer>
    </Dialog>
  )
}

const requestOf = ({ collection, profile, project, artifacts }: Batch, overwrite: boolean) => ({
  collection,
  artifacts,
  profiles: [profile],
  overwrite,
  ...(project ? { projects: [project.id] } : { scope: 'user' as const }),
})
