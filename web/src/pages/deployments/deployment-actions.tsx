import { useState } from 'preact/hooks'
import { formatCount } from '../../lib/format.ts'
import type { Chosen } from '../../lib/use-chosen.ts'
import { batchesOf, type Deployment } from './deployment-filter.ts'
import styles from './deployments-page.module.css'
import { PushDialog } from './push-dialog.tsx'
import { UndeployDialog } from './undeploy-dialog.tsx'

/** What can be done with the chosen deployments. It stands below the table, so that no row moves when it comes. */
export function DeploymentActions({ chosen: { rows, clear } }: { chosen: Chosen<Deployment> }) {
  const [open, setOpen] = useState<'push' | 'undeploy' | null>(null)
  const batches = batchesOf(rows)
  const canPush = batches.some(({ project }) => project !== null)
  const close = (): void => setOpen(null)
  return (
    <div class={styles.actions} role="group" aria-label="Selected deployments">
      <span role="status">{rows.length === 0 ? '' : `${formatCount(rows.length)} selected`}</span>
      {rows.length > 0 && (
        <>
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
          <button type="button" class="button" onClick={clear}>
            Clear
          </button>
        </>
      )}
      {open === 'push' && <PushDialog batches={batches} onDone={clear} onClose={close} />}
      {open === 'undeploy' && <UndeployDialog batches={batches} onDone={clear} onClose={close} />}
    </div>
  )
}
