import { useMemo } from 'preact/hooks'
import { Badge } from '../../components/badge/badge.tsx'
import { type Column, DataTable } from '../../components/data-table/data-table.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { FreshnessBadge } from '../../components/freshness/freshness-badge.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { PathText } from '../../components/path-text/path-text.tsx'
import { formatCount, formatTokens, plural } from '../../lib/format.ts'
import { type ProjectRow, useProjectCache } from '../../lib/use-project-cache.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { typePlurals } from '../../lib/words.ts'
import { chooseProjects } from './project-filter.ts'
import { ProjectsToolbar } from './projects-toolbar.tsx'

/** All projects: how fresh they are, what they hold, what needs attention. Rows stay while newer ones are read. */
export function ProjectsPage() {
  const { projects, total, loading, error, isOld, loadedAt, refetch } = useProjectCache()
  const [shown, show] = useUrlState({ q: '', show: '', sort: 'name', desc: '' })
  const rows = useMemo(
    () =>
      chooseProjects(projects ?? [], {
        text: shown.q,
        attention: shown.show,
        sort: shown.sort,
        descending: shown.desc !== '',
      }),
    [projects, shown],
  )
  return (
    <Page title="Projects" fills busy={loading} beside={projects && <OldMark isOld={isOld} at={loadedAt} />}>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {!projects && !error && <TableSkeleton label="Reading projects…" />}
      {projects && (
        <>
          <ProjectsToolbar
            projects={projects}
            shown={shown}
            onChange={show}
            count={rows.length}
            total={total}
          />
          {rows.length > 0 ? (
            <DataTable
              label="Projects"
              columns={columns}
              count={rows.length}
              rowAt={(index) => rows[index]}
              keyOf={({ id }) => id}
              hrefOf={({ id }) => `/projects/${id}`}
              sort={{ column: shown.sort, descending: shown.desc !== '' }}
              onSort={({ column, descending }) => show({ sort: column, desc: descending ? '1' : '' })}
              memory="projects"
            />
          ) : (
            <NoProjects isFiltered={projects.length > 0} onClear={() => show({ q: '', show: '' })} />
          )}
        </>
      )}
    </Page>
  )
}

function NoProjects({ isFiltered, onClear }: { isFiltered: boolean; onClear(): void }) {
  if (isFiltered)
    return (
      <p>
        No project is like that.{' '}
        <button type="button" class="button" onClick={onClear}>
          Show all
        </button>
      </p>
    )
  return (
    <p>
      No project yet. A folder with <code>.claude</code>, <code>.agents</code> or <code>.mcp.json</code> below
      your home is found by itself; any other one is added with <code>smd projects add FOLDER</code>.
    </p>
  )
}

/** Quiet when there is nothing to see. */
const count = (value: number) => (value === 0 ? <span class="muted">–</span> : formatCount(value))

const columns: readonly Column<ProjectRow>[] = [
  {
    id: 'name',
    title: 'Project',
    width: 'minmax(10rem, 2fr)',
    sortable: true,
    render: ({ name }) => name,
  },
  {
    id: 'path',
    title: 'Folder',
    width: 'minmax(8rem, 3fr)',
    from: 'wide',
    render: ({ path }) => <PathText path={path} />,
  },
  {
    id: 'artifacts',
    title: 'Artifacts',
    width: '84px',
    align: 'end',
    sortable: true,
    render: ({ artifactCount, countsByType }) => (
      <span title={typesOf(countsByType)}>{count(artifactCount)}</span>
    ),
  },
  {
    id: 'outdated',
    title: 'Outdated',
    width: '88px',
    align: 'end',
    sortable: true,
    render: ({ outdatedCount }) =>
      outdatedCount > 0 ? (
        <Badge tone="attention" title={`${plural(outdatedCount, 'artifact')} with an update available`}>
          {formatCount(outdatedCount)}
        </Badge>
      ) : (
        count(0)
      ),
  },
  {
    id: 'modified',
    title: 'Modified',
    width: '84px',
    align: 'end',
    sortable: true,
    from: 'medium',
    render: ({ modifiedCount }) =>
      modifiedCount > 0 ? (
        <Badge tone="changed" title={`${plural(modifiedCount, 'artifact')} changed by hand`}>
          {formatCount(modifiedCount)}
        </Badge>
      ) : (
        count(0)
      ),
  },
  {
    id: 'problems',
    title: 'Problems',
    width: '92px',
    align: 'end',
    sortable: true,
    from: 'medium',
    render: ({ problemCount, errorMessage }) =>
      errorMessage === null ? (
        count(problemCount)
      ) : (
        <Badge tone="danger" title={errorMessage}>
          failed
        </Badge>
      ),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: '76px',
    align: 'end',
    sortable: true,
    from: 'wide',
    render: ({ tokens }) => formatTokens(tokens),
  },
  {
    id: 'updated',
    title: 'Freshness',
    width: '150px',
    sortable: true,
    from: 'medium',
    render: ({ status, lastFetchedAt }) => <FreshnessBadge status={status} at={lastFetchedAt} />,
  },
]

const typesOf = (counts: ProjectRow['countsByType']): string =>
  Object.entries(counts)
    .map(([type, many]) => `${many} ${typePlurals[type as keyof typeof typePlurals].toLowerCase()}`)
    .join(', ')
