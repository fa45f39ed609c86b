import { useState } from 'preact/hooks'
import { SelectionActions } from '../../components/selection-actions/selection-actions.tsx'
import type { UpdateRow } from '../../components/update-available-dialog/update-row.ts'
import { formatCount } from '../../lib/format.ts'
import { lazily } from '../../lib/lazily.tsx'
import type { Chosen } from '../../lib/use-chosen.ts'

const UpdateArtifacts = lazily(async () => (await import('../sync/update-artifacts.tsx')).UpdateArtifacts)

/** What can be done with the chosen artifacts. */
export function UpdateActions({ chosen: { rows, clear } }: { chosen: Chosen<UpdateRow> }) {
  /** What is updated stays the same while the dialog is open, whatever is chosen by then. */
  const [ids, setIds] = useState<readonly string[] | null>(null)
  const own = rows.filter(({ scope }) => scope === 'collection')
  return (
    <>
      <SelectionActions label="Selected artifacts" count={rows.length} onClear={clear}>
        <button
          type="button"
          class="button"
          data-primary=""
          disabled={own.length === 0}
          title={own.length > 0 ? undefined : 'Only artifacts of a collection are updated here'}
          onClick={() => setIds(own.map(({ id }) => id))}
        >
          {own.length === rows.length || own.length === 0
            ? 'Update…'
            : `Update ${formatCount(own.length)} of collections…`}
        </button>
      </SelectionActions>
      {ids && <UpdateArtifacts ids={ids} onDone={clear} onClose={() => setIds(null)} />}
    </>
  )
}
