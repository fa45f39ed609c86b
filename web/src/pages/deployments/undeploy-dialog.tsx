import { useState } from 'preact/hooks'
import { PlanView } from '../../components/deploy-dialog/plan-view.tsx'
import { actionSummary, changesSomething } from '../../components/deploy-dialog/plan-words.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import type { Batch } from './deployment-filter.ts'
import { usePreviews } from './use-previews.tsx'

type Props = { batches: readonly Batch[]; onDone(): void; onClose(): void }

/** Takes the chosen deployments away, and nothing else, by plans that are shown first. */
export function UndeployDialog({ batches, onDone, onClose }: Props) {
  const [overwrite, setOverwrite] = useState(false)
  const requests = batches.map((batch) => requestOf(batch, overwrite))
  const { answers, isWhole, hasFailed, failure } = usePreviews(
    'deployments.plan',
    requests.map((request) => ({ ...request, remove: true })),
  )
  const projects = answers.flatMap((plan) => plan?.projects ?? [])
  const { running, error, run } = useDialogAction(async () => {
    const operations: string[] = []
    let left = 0
    try {
      for (const [at, request] of requests.entries()) {
        const digest = answers[at]?.digest
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
      {failure}
      <label class="switch">
        <input
          type="checkbox"
          checked={overwrite}
          onChange={({ currentTarget }) => setOverwrite(currentTarget.checked)}
        />
        Remove also what was edited; it is kept for undo
      </label>
      <p role="status">{isWhole ? `Plan: ${actionSummary(projects)}.` : hasFailed ? '' : 'Planning…'}</p>
      <PlanView projects={projects} />
      <DialogFoot
        text="Undeploy"
        running={running}
        error={error}
        disabled={!isWhole || !projects.some(changesSomething)}
        onAct={run}
        onClose={onClose}
      />
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
