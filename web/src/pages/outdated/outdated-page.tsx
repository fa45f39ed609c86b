import { useMemo, useState } from 'preact/hooks'
import { type Column, DataTable } from '../../components/data-table/data-table.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { OutdatedBadge } from '../../components/outdated-badge/outdated-badge.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { UpdateAvailableDialog } from '../../components/update-available-dialog/update-available-dialog.tsx'
import type { UpdateRow } from '../../components/update-available-dialog/update-row.ts'
import { formatAge, formatCount, formatTime, plural } from '../../lib/format.ts'
import { scopeNames } from '../../lib/scope-names.ts'
import { useChosen } from '../../lib/use-chosen.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useNow } from '../../lib/use-now.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { typeNames } from '../../lib/words.ts'
import { CheckButton } from './check-button.tsx'
import styles from './outdated-page.module.css'
import { OutdatedToolbar } from './outdated-toolbar.tsx'
import { SourceFailures } from './source-failures.tsx'
import { UpdateActions } from './update-actions.tsx'
import { choiceOf, choices, chooseUpdates, type StateChoice } from './update-filter.ts'
import { useUpdates } from './use-updates.ts'

/** What has something newer at its source, and how everything else stands to where it came from (CACHE-5.3). */
export function OutdatedPage() {
  const [shown, show] = useUrlState({ q: '', state: '', type: '', project: '', sort: 'state', desc: '' })
  const [opened, open] = useState<UpdateRow | null>(null)
  const columns = useMemo(() => columnsOf(open), [])
  const choice = choiceOf(shown.state)
  const updates = useUpdates(choices[choice].states)
  const { error, loading, isOld, loadedAt, reload } = updates
  const data = useKept(updates.data)
  const rows = useMemo(
    () =>
      chooseUpdates(data?.items ?? [], {
        text: shown.q,
        type: shown.type,
        project: shown.project,
        sort: shown.sort,
        descending: shown.desc !== '',
      }),
    [data, shown],
  )
  const chosen = useChosen(rows, ({ id }) => id)
  return (
    <Page
      title="Outdated"
      fills
      busy={loading}
      beside={data && <OldMark isOld={isOld} at={loadedAt} />}
      actions={<CheckButton oldestCheckAt={data?.oldestCheckAt} />}
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <SourceFailures />
      {!data && !error && <TableSkeleton label="Reading what is outdated…" />}
      {data && (
        <>
          <OutdatedToolbar
            rows={data.items}
            counts={countChoices(data.states)}
            shown={shown}
            choice={choice}
            onChange={show}
            summary={summaryOf(rows.length, data)}
          />
          {choice === 'unknown' && data.unknown.length > 0 && (
            <ul class={styles.reasons} aria-label="Why so many are unknown">
              {data.unknown.map(({ code, message, count }) => (
                <li key={code}>
                  <strong>{formatCount(count)}</strong> {message}
                </li>
              ))}
            </ul>
          )}
          {rows.length > 0 ? (
            <DataTable
              label="Artifacts by how they stand to their source"
              columns={columns}
              count={rows.length}
              rowAt={(index) => rows[index]}
              keyOf={({ id }) => id}
              hrefOf={({ id }) => `/artifacts/${id}`}
              onOpen={(row) => open(row)}
              sort={{ column: shown.sort, descending: shown.desc !== '' }}
              onSort={({ column, descending }) => show({ sort: column, desc: descending ? '1' : '' })}
              selection={chosen.selection}
              memory="outdated"
            />
          ) : (
            <Nothing
              isFiltered={data.items.length > 0}
              choice={choice}
              isChecked={data.oldestCheckAt !== null}
              onClear={() => show({ q: '', type: '', project: '' })}
            />
          )}
          <UpdateActions chosen={chosen} />
        </>
      )}
      {opened && <UpdateAvailableDialog id={opened.id} name={opened.name} onClose={() => open(null)} />}
    </Page>
  )
}

type Outdated = NonNullable<ReturnType<typeof useUpdates>['data']>

function countChoices(states: Outdated['states']): Record<StateChoice, number> {
  const counts = {} as Record<StateChoice, number>
  for (const [id, { states: wanted }] of Object.entries(choices))
    counts[id as StateChoice] = wanted.reduce((sum, state) => sum + states[state], 0)
  return counts
}

/** How many rows are shown of how many; a table of everything ends somewhere. */
function summaryOf(count: number, { items, total }: Outdated): string {
  const all = plural(total, 'artifact')
  if (items.length < total) return `${formatCount(count)} of the first ${formatCount(items.length)} of ${all}`
  return count === total ? all : `${formatCount(count)} of ${all}`
}

type NothingProps = { isFiltered: boolean; choice: StateChoice; isChecked: boolean; onClear(): void }

function Nothing({ isFiltered, choice, isChecked, onClear }: NothingProps) {
  if (isFiltered)
    return (
      <p>
        No artifact is like that.{' '}
        <button type="button" class="button" onClick={onClear}>
          Show all
        </button>
      </p>
    )
  if (choice !== '') return <p>No artifact is in this state.</p>
  if (!isChecked)
    return <p>No source was asked yet, so nothing is known to be outdated. “Check now” asks all of them.</p>
  return <p>Everything is up to date: no source has anything newer than what is installed.</p>
}

function Checked({ at }: { at: number | null }) {
  const now = useNow()
  if (at === null) return <span class="muted">never</span>
  return <span title={formatTime(at)}>{formatAge(at, now)}</span>
}

const columnsOf = (open: (row: UpdateRow) => void): readonly Column<UpdateRow>[] => [
  {
    id: 'name',
    title: 'Artifact',
    width: 'minmax(9rem, 2fr)',
    sortable: true,
    render: ({ name }) => <span title={name}>{name}</span>,
  },
  {
    id: 'type',
    title: 'Type',
    width: '100px',
    sortable: true,
    from: 'medium',
    render: ({ type }) => typeNames[type],
  },
  {
    id: 'project',
    title: 'Project',
    width: 'minmax(6rem, 1fr)',
    sortable: true,
    from: 'medium',
    render: ({ project, scope }) =>
      project ? (
        <span title={project.path}>{project.name}</span>
      ) : (
        <span class="muted">{scopeNames[scope]}</span>
      ),
  },
  {
    id: 'state',
    title: 'State',
    width: '132px',
    sortable: true,
    render: (row) => <OutdatedBadge artifact={row} onOpen={() => open(row)} />,
  },
  {
    id: 'installed',
    title: 'Installed',
    width: 'minmax(5rem, 110px)',
    from: 'medium',
    render: ({ deployedVersion }) => <Version version={deployedVersion} />,
  },
  {
    id: 'upstream',
    title: 'At its source',
    width: 'minmax(5rem, 110px)',
    from: 'medium',
    render: ({ upstreamVersion }) => <Version version={upstreamVersion} />,
  },
  {
    id: 'source',
    title: 'Source',
    width: 'minmax(8rem, 2fr)',
    from: 'wide',
    render: ({ source, reason, failure }) => (
      <span class="muted" title={[source, reason?.message, failure?.message].filter(Boolean).join('\n')}>
        {failure?.message ?? source ?? reason?.message ?? '–'}
      </span>
    ),
  },
  {
    id: 'checked',
    title: 'Checked',
    width: '110px',
    sortable: true,
    from: 'wide',
    render: ({ checkedAt }) => <Checked at={checkedAt} />,
  },
]

const Version = ({ version }: { version: string | null }) =>
  version === null ? (
    <span class="muted">–</span>
  ) : (
    <span class="mono" title={version}>
      {version}
    </span>
  )
