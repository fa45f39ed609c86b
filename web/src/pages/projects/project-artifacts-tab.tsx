import { useMemo } from 'preact/hooks'
import { noFilter, tableOf } from '../../../../protocol/page-addresses.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { ArtifactList } from '../artifacts/artifact-list.tsx'
import { useArtifactRows } from '../artifacts/use-artifact-rows.ts'

/** The artifacts that lie in a project, as the list of all of them. */
export function ProjectArtifactsTab({ project }: { project: string }) {
  const [address, change] = useUrlState(noFilter)
  const table = useMemo(() => ({ ...tableOf(address), project }), [address, project])
  const rows = useArtifactRows(table)
  return (
    <ArtifactList
      label="Artifacts of the project"
      table={table}
      rows={rows}
      address={{ ...address, project: '' }}
      onChange={change}
      project={project}
    />
  )
}
