import { Age } from '../../components/age/age.tsx'
import { QuietState } from '../../components/badge/quiet-state.tsx'
import type { Column } from '../../components/data-table/data-table.tsx'
import { OutdatedBadge } from '../../components/outdated-badge/outdated-badge.tsx'
import { formatBytes, formatTokens, plural } from '../../lib/format.ts'
import { scopeNames } from '../../lib/scope-names.ts'
import { typeNames } from '../../lib/words.ts'
import type { ArtifactRow } from './artifact-rows.ts'
import styles from './artifacts-page.module.css'
import { Versions } from './versions.tsx'

const nothing = <span class="muted">–</span>

const name: Column<ArtifactRow> = {
  id: 'name',
  title: 'Name',
  width: 'minmax(8rem, 3fr)',
  sortable: true,
  render: ({ name, problems }) => (
    <>
      {name}
      {problems > 0 && (
        <span class={styles.problems} title={plural(problems, 'problem')}>
          <span aria-hidden="true">▲</span>
          <span class="hidden">, {plural(problems, 'problem')}</span>
        </span>
      )}
    </>
  ),
}

const project: Column<ArtifactRow> = {
  id: 'project',
  title: 'Project',
  width: 'minmax(7rem, 2fr)',
  sortable: true,
  from: 'medium',
  render: ({ projectName }) => projectName ?? nothing,
}

/** Where a source has something newer, its badge tells what (CACHE-5.3a). */
const stateWith = (openUpdate: (row: ArtifactRow) => void): Column<ArtifactRow> => ({
  id: 'state',
  title: 'State',
  width: '132px',
  sortable: true,
  render: (row) =>
    row.state === 'outdated' || row.state === 'diverged' ? (
      <OutdatedBadge artifact={row} onOpen={() => openUpdate(row)} />
    ) : (
      <QuietState state={row.state} />
    ),
})

const kinds: readonly Column<ArtifactRow>[] = [
  {
    id: 'type',
    title: 'Type',
    width: '100px',
    sortable: true,
    from: 'medium',
    render: ({ type }) => typeNames[type],
  },
  {
    id: 'scope',
    title: 'Scope',
    width: '84px',
    from: 'huge',
    render: ({ scope }) => <span class="muted">{scopeNames[scope]}</span>,
  },
]

const figures: readonly Column<ArtifactRow>[] = [
  {
    id: 'version',
    title: 'Version',
    width: 'minmax(6rem, 1fr)',
    from: 'wide',
    render: ({ deployedVersion, upstreamVersion }) => (
      <Versions deployed={deployedVersion} upstream={upstreamVersion} />
    ),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: '72px',
    align: 'end',
    sortable: true,
    from: 'medium',
    render: ({ tokens }) => formatTokens(tokens),
  },
  {
    id: 'size',
    title: 'Size',
    width: '76px',
    align: 'end',
    sortable: true,
    from: 'huge',
    render: ({ sizeBytes }) => formatBytes(sizeBytes),
  },
  {
    id: 'updated',
    title: 'Changed',
    width: '108px',
    align: 'end',
    sortable: true,
    from: 'medium',
    render: ({ updatedAt }) => <Age at={updatedAt} />,
  },
]

/**
 * Columns of a list of artifacts; one that is of a single project leaves the project out. `openUpdate` shows what is newer
 * at the source of one.
 */
export const artifactColumns = (
  ofProject: boolean,
  openUpdate: (row: ArtifactRow) => void,
): readonly Column<ArtifactRow>[] => [
  name,
  ...(ofProject ? [] : [project]),
  ...kinds,
  stateWith(openUpdate),
  ...figures,
]
