import { useState } from 'preact/hooks'
import { SelectionActions } from '../../components/selection-actions/selection-actions.tsx'
import type { Chosen } from '../../lib/use-chosen.ts'
import { batchesOf, type Deployment } from './deployment-filter.ts'
import { PushDialog } from './push-dialog.tsx'
import { UndeployDialog } from './undeploy-dialog.tsx'

/** What can be done with the chosen deployments. */
export function DeploymentActions({ chosen: { rows, clear } }: { chosen: Chosen<Deployment> }) {
  const [open, setOpen] = useState<'push' | 'undeploy' | null>(null)
  const batches = batchesOf(rows)
  const canPush = batches.some(({ project }) => project !== null)
  const close = (): void => setOpen(null)
  return (
    <>
      <SelectionActions label="Selected deployments" count={rows.length} onClear={clear}>
        <button
          type="button"
          class="button"
          disabled={!canPush}
          title={canPush ? undefined : 'Select what is deployed to a project'}
          onClick={() => setOpen('push')}
        >
          Push…
        </button>
        <button
          type="button"
          class="button"
          disabled={batches.length === 0}
          title={batches.length > 0 ? undefined : 'No record says where these are from'}
          onClick={() => setOpen('undeploy')}
        >
          Undeploy…
        </button>
      </SelectionActions>
      {open === 'push' && <PushDialog batches={batches} onDone={clear} onClose={close} />}
      {open === 'undeploy' && <UndeployDialog batches={batches} onDone={clear} onClose={close} />}
    </>
  )
}
