import { useMemo } from 'preact/hooks'
import { noFilter, tableOf } from '../../../../protocol/page-addresses.ts'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { useUrlState } from '../../lib/use-url-state.ts'
import { ArtifactList } from './artifact-list.tsx'
import { exportTable } from './selection-actions.ts'
import { useArtifactRows } from './use-artifact-rows.ts'

/** Everything that is known, of all projects, the user, plugins and collections, in one list. */
export function ArtifactsPage() {
  const [address, change] = useUrlState(noFilter)
  const table = useMemo(() => tableOf(address), [address])
  const rows = useArtifactRows(table)
  const { total } = rows
  return (
    <Page
      title="Artifacts"
      fills
      busy={rows.loading}
      beside={<OldMark isOld={rows.isOld} at={rows.loadedAt} />}
      actions={
        <button
          type="button"
          class="button"
          disabled={!total}
          title="Everything that the filters leave, as a file for spreadsheets"
          onClick={() => void exportTable(table, total ?? 0)}
        >
          Export CSV
        </button>
      }
    >
      <ArtifactList label="Artifacts" table={table} rows={rows} address={address} onChange={change} />
    </Page>
  )
}
