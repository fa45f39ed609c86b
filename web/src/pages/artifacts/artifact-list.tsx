import { useMemo, useState } from 'preact/hooks'
import { type ArtifactAddress, filterOf, type TableParams } from '../../../../protocol/page-addresses.ts'
import { type Chip, Chips } from '../../components/chips/chips.tsx'
import { DataTable } from '../../components/data-table/data-table.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { lazily } from '../../lib/lazily.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { useSettled } from '../../lib/use-settled.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { useWidth } from '../../lib/use-width.ts'
import { artifactColumns } from './artifact-columns.tsx'
import { unfiltered } from './artifact-filter.ts'
import type { ArtifactRow } from './artifact-rows.ts'
import styles from './artifacts-page.module.css'
import { FacetList, FacetMenus, facetsOf, facetText } from './facets.tsx'
import { SelectionBar } from './selection-bar.tsx'
import type { ArtifactRows } from './use-artifact-rows.ts'
import { useSelection } from './use-selection.ts'

const UpdateAvailableDialog = lazily(
  async () =>
    (await import('../../components/update-available-dialog/update-available-dialog.tsx'))
      .UpdateAvailableDialog,
)

/** How long the facets wait for somebody who types, in ms: the rows come first. */
const FACETS_AFTER = 150

type Props = {
  label: string
  table: TableParams
  rows: ArtifactRows
  address: ArtifactAddress
  onChange(change: Partial<ArtifactAddress>): void
  /** All are of this project; it is no part of the address then. */
  project?: string
}

/** A list of artifacts of any length: search, facets, order, selection. */
export function ArtifactList({ label, table, rows, address, onChange, project }: Props) {
  const width = useWidth()
  const filter = { ...filterOf(address), ...(project !== undefined && { project }) }
  const settled = useSettled(filter, JSON.stringify(filter), FACETS_AFTER)
  const { data } = useQuery('artifacts.facets', settled)
  const facets = useMemo(() => facetsOf(data), [data])
  const [update, openUpdate] = useState<ArtifactRow | null>(null)
  const columns = useMemo(() => artifactColumns(project !== undefined, (row) => openUpdate(row)), [project])
  const { selection, chosen, clear } = useSelection(table, rows)
  useShortcut({ key: 'Escape' }, () => chosen.length > 0 && clear())

  const isNarrow = width === 'narrow'
  const [isOpen, setOpen] = useState(false)
  const hasFacetList = (width === 'wide' || width === 'huge') && project === undefined
  const { total } = rows
  const all = useQuery('cache.status', project === undefined ? {} : null).data?.artifacts
  const ofProject = useQuery(
    'projects.show',
    address.project === '' ? null : { project: address.project },
  ).data
  const facetProps = { facets, problems: data?.problems, address, onChange }
  return (
    <>
      <Toolbar
        summary={
          total === undefined
            ? ''
            : all === undefined || all <= total
              ? plural(total, 'artifact')
              : `${formatCount(total)} of ${plural(all, 'artifact')}`
        }
      >
        <SearchField label="Search artifacts" value={address.q} onInput={(q) => onChange({ q })} />
        {isNarrow && (
          <button type="button" class="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Filters
          </button>
        )}
        {!hasFacetList && (!isNarrow || isOpen) && <FacetMenus {...facetProps} />}
      </Toolbar>
      <Chips
        chips={chipsOf(address, onChange, ofProject?.name)}
        onClear={() => onChange({ ...unfiltered, sort: '', desc: '' })}
      />
      {rows.error && <ErrorNotice error={rows.error} onRetry={rows.retry} />}
      <div class={styles.columns}>
        {hasFacetList && <FacetList {...facetProps} />}
        {total === undefined && !rows.error && <TableSkeleton label="Reading artifacts…" />}
        {total === 0 && (
          <NoArtifacts address={address} onChange={onChange} isProject={project !== undefined} />
        )}
        {total !== undefined && total > 0 && (
          <DataTable
            label={label}
            columns={columns}
            count={total}
            rowAt={rows.rowAt}
            keyOf={({ id }) => id}
            hrefOf={({ id }) => `/artifacts/${id}`}
            sort={sortOf(address)}
            onSort={({ column, descending }) => onChange({ sort: column, desc: descending ? '1' : '' })}
            selection={selection}
            onWindow={rows.onWindow}
            memory={`artifacts ${rows.key}`}
          />
        )}
      </div>
      <SelectionBar chosen={chosen} onClear={clear} />
      {update && <UpdateAvailableDialog id={update.id} name={update.name} onClose={() => openUpdate(null)} />}
    </>
  )
}

/** By name, or by how well they match when something is searched. */
const sortOf = ({ q, sort, desc }: ArtifactAddress) =>
  sort === '' && q.trim() !== '' ? undefined : { column: sort || 'name', descending: desc !== '' }

/** `projectName`: once it is known. */
function chipsOf(
  address: ArtifactAddress,
  onChange: Props['onChange'],
  projectName: string | undefined,
): Chip[] {
  const chips: Chip[] = []
  for (const name of ['type', 'state', 'scope', 'host'] as const) {
    if (address[name] === '') continue
    chips.push({ id: name, text: facetText(name, address[name]), remove: () => onChange({ [name]: '' }) })
  }
  if (address.problems !== '')
    chips.push({ id: 'problems', text: 'With problems', remove: () => onChange({ problems: '' }) })
  if (address.project !== '')
    chips.push({
      id: 'project',
      text: `Project ${projectName ?? address.project}`,
      remove: () => onChange({ project: '' }),
    })
  if (address.sort !== '' && address.q.trim() !== '')
    chips.push({
      id: 'sort',
      text: `Sorted by ${address.sort}`,
      remove: () => onChange({ sort: '', desc: '' }),
    })
  return chips
}

type NoArtifactsProps = Pick<Props, 'address' | 'onChange'> & { isProject: boolean }

/** Says how to see more. */
function NoArtifacts({ address, onChange, isProject }: NoArtifactsProps) {
  const { q: _, ...others } = unfiltered
  const isSearched = address.q.trim() !== ''
  const isFiltered = Object.keys(others).some((name) => address[name as keyof ArtifactAddress] !== '')
  if (!isSearched && !isFiltered)
    return (
      <p>
        {isProject
          ? 'Nothing in this project is an artifact that smd knows.'
          : 'No artifact yet. smd looks into the projects it knows, your home and your plugins; '}
        {!isProject && (
          <>
            <code>smd projects add FOLDER</code> makes it know another one.
          </>
        )}
      </p>
    )
  return (
    <div>
      <p>
        {isSearched
          ? `Nothing matches “${address.q.trim()}”${isFiltered ? ' with these filters' : ''}.`
          : 'No artifact is like that.'}
      </p>
      <p class={styles.widen}>
        {isFiltered && (
          <button type="button" class="button" onClick={() => onChange(others)}>
            {isSearched ? 'Search without the filters' : 'Show all'}
          </button>
        )}
        {isSearched && (
          <button type="button" class="button" onClick={() => onChange({ q: '' })}>
            Clear the search
          </button>
        )}
      </p>
    </div>
  )
}
