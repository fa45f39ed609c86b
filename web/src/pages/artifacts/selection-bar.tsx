import { useState } from 'preact/hooks'
import { SelectionActions } from '../../components/selection-actions/selection-actions.tsx'
import { lazily } from '../../lib/lazily.tsx'
import { useLocation } from '../../lib/location.tsx'
import type { ArtifactRow } from './artifact-rows.ts'
import { checkSources, copyJson, copyNames, copyPaths, exportRows } from './selection-actions.ts'

const DeployArtifacts = lazily(
  async () => (await import('../../components/deploy-dialog/deploy-artifacts.tsx')).DeployArtifacts,
)

/** What can be done with the selected artifacts. */
export function SelectionBar({ chosen, onClear }: { chosen: readonly ArtifactRow[]; onClear(): void }) {
  const [, navigate] = useLocation()
  const [isDeploying, setDeploying] = useState(false)
  const [first, second] = chosen
  const canDeploy = chosen.every(({ scope }) => scope === 'collection')
  const isPair = chosen.length === 2 && first && second
  return (
    <>
      <SelectionActions label="Selected artifacts" count={chosen.length} onClear={onClear}>
        <button
          type="button"
          class="button"
          disabled={!isPair}
          title={isPair ? undefined : 'Select two artifacts to compare them'}
          onClick={() => isPair && navigate(`/artifacts/${first.id}?tab=compare&with=${second.id}`)}
        >
          Compare
        </button>
        <button
          type="button"
          class="button"
          disabled={!canDeploy}
          title={canDeploy ? undefined : 'Only artifacts of a collection are deployed'}
          onClick={() => setDeploying(true)}
        >
          Deploy…
        </button>
        <button type="button" class="button" onClick={() => void checkSources(chosen)}>
          Check sources now
        </button>
        <button type="button" class="button" onClick={() => void copyNames(chosen)}>
          Copy names
        </button>
        <button type="button" class="button" onClick={() => void copyPaths(chosen)}>
          Copy paths
        </button>
        <button type="button" class="button" onClick={() => void copyJson(chosen)}>
          Copy JSON
        </button>
        <button type="button" class="button" onClick={() => exportRows(chosen)}>
          Export CSV
        </button>
      </SelectionActions>
      {isDeploying && (
        <DeployArtifacts ids={chosen.map(({ id }) => id)} onClose={() => setDeploying(false)} />
      )}
    </>
  )
}
