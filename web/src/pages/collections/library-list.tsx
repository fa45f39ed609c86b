import { useMemo } from 'preact/hooks'
import { QuietState } from '../../components/badge/quiet-state.tsx'
import { type Column, DataTable } from '../../components/data-table/data-table.tsx'
import type { Chosen } from '../../lib/use-chosen.ts'
import type { LibraryAddress } from './library-filter.ts'
import { DeployedIn, FileProblem, Tags, Version } from './row-parts.tsx'
import { typeName } from './type-name.ts'
import type { LibraryRow } from './use-library.ts'
import { type TagColors, useTagColors } from './use-tag-colors.ts'

type Props = {
  collection: string
  rows: readonly LibraryRow[]
  chosen: Chosen<LibraryRow>
  address: LibraryAddress
  onChange(change: Partial<LibraryAddress>): void
}

/** The artifacts of a collection as a table. */
export function LibraryList({ collection, rows, chosen, address, onChange }: Props) {
  const colors = useTagColors()
  const columns = useMemo(
    () => columnsOf(collection, colors, (tag) => onChange({ tag })),
    [collection, colors],
  )
  return (
    <DataTable
      label="Artifacts of the collection"
      columns={columns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      keyOf={({ key }) => key}
      hrefOf={({ id, name }) =>
        id === null ? `/artifacts?scope=collection&q=${encodeURIComponent(name)}` : `/artifacts/${id}`
      }
      sort={{ column: address.sort || 'name', descending: address.desc !== '' }}
      onSort={({ column, descending }) => onChange({ sort: column, desc: descending ? '1' : '' })}
      selection={chosen.selection}
      memory={`collection ${address.name}`}
    />
  )
}

const columnsOf = (
  collection: string,
  colors: TagColors,
  onTag: (tag: string) => void,
): readonly Column<LibraryRow>[] => [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(8rem, 2fr)',
    sortable: true,
    render: (row) => (
      <span title={row.description ?? row.title ?? row.name}>
        {row.name} <FileProblem row={row} />
      </span>
    ),
  },
  {
    id: 'type',
    title: 'Type',
    width: '100px',
    sortable: true,
    from: 'medium',
    render: ({ type }) => typeName(type),
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 'minmax(6rem, 2fr)',
    from: 'medium',
    render: ({ tags }) => <Tags tags={tags} colors={colors} onChoose={onTag} isInRow />,
  },
  {
    id: 'version',
    title: 'Version',
    width: 'minmax(6rem, 1fr)',
    sortable: true,
    from: 'medium',
    render: (row) => <Version row={row} />,
  },
  {
    id: 'state',
    title: 'State',
    width: '132px',
    sortable: true,
    render: ({ stand }) => (stand === null ? <span class="muted">–</span> : <QuietState state={stand} />),
  },
  {
    id: 'deployed',
    title: 'Deployed in',
    width: '104px',
    sortable: true,
    from: 'medium',
    render: (row) => <DeployedIn row={row} collection={collection} isInRow />,
  },
  {
    id: 'source',
    title: 'Source',
    width: 'minmax(8rem, 2fr)',
    from: 'huge',
    render: ({ upstream, origin }) => (
      <span class="muted" title={upstream ?? undefined}>
        {upstream ?? origin}
      </span>
    ),
  },
]
