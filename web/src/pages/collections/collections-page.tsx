import { useMemo, useState } from 'preact/hooks'
import { type Chip, Chips } from '../../components/chips/chips.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { call } from '../../connection.ts'
import { Link } from '../../lib/location.tsx'
import { reloadChanged } from '../../lib/undo-change.ts'
import { useAction } from '../../lib/use-action.ts'
import { useChosen } from '../../lib/use-chosen.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { AddDialog } from './add-dialog.tsx'
import { CollectionChooser } from './collection-chooser.tsx'
import { GroupBoard } from './group-board.tsx'
import { LibraryActions } from './library-actions.tsx'
import {
  chooseRows,
  groupingOf,
  groupRows,
  type LibraryAddress,
  layoutOf,
  noLibraryFilter,
} from './library-filter.ts'
import { LibraryGrid } from './library-grid.tsx'
import { LibraryGroups } from './library-groups.tsx'
import { LibraryList } from './library-list.tsx'
import { LibraryToolbar } from './library-toolbar.tsx'
import { type LibraryRow, useLibrary } from './use-library.ts'

const unfiltered = { q: '', type: '', tag: '', state: '' }

/** A collection of one's own: what it holds, how that stands to its sources, and what can be done with it. */
export function CollectionsPage() {
  const [address, change] = useUrlState(noLibraryFilter)
  const [isAdding, setAdding] = useState(false)
  const { data: all } = useQuery('collections.list', {})
  const library = useLibrary(address.name)
  const { collection, rows, loading, error, isOld, loadedAt } = library
  const layout = layoutOf(address.view)
  if (all?.items.length === 0) return <NoCollection />
  return (
    <Page
      title="Collections"
      fills={layout === ''}
      busy={loading}
      beside={
        <>
          {all && (
            <CollectionChooser
              collections={all.items}
              shown={collection?.name ?? address.name}
              onShow={(name) => change({ ...unfiltered, name })}
            />
          )}
          {collection && <OldMark isOld={isOld} at={loadedAt} />}
        </>
      }
      actions={
        collection && (
          <>
            <Link class="button" href="/collections/tags">
              Tags
            </Link>
            <Link class="button" href={`/collections/history?name=${encodeURIComponent(collection.name)}`}>
              History
            </Link>
            <button type="button" class="button" onClick={() => setAdding(true)}>
              Add…
            </button>
          </>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={library.reload} />}
      {!collection && !error && <TableSkeleton label="Reading the collection…" />}
      {collection && (
        <Shown key={collection.name} name={collection.name} rows={rows} address={address} onChange={change} />
      )}
      {isAdding && collection && <AddDialog collection={collection.name} onClose={() => setAdding(false)} />}
    </Page>
  )
}

type ShownProps = {
  name: string
  rows: readonly LibraryRow[]
  address: LibraryAddress
  onChange(change: Partial<LibraryAddress>): void
}

function Shown({ name, rows, address, onChange }: ShownProps) {
  const found = useMemo(() => chooseRows(rows, address), [rows, address])
  const chosen = useChosen(found, ({ key }) => key)
  const layout = layoutOf(address.view)
  const grouping = groupingOf(address.by)
  const onTag = (tag: string): void => onChange({ tag })
  const chips: Chip[] = (['type', 'tag', 'state'] as const).flatMap((id) =>
    address[id] === '' ? [] : [{ id, text: `${id}: ${address[id]}`, remove: () => onChange({ [id]: '' }) }],
  )
  return (
    <>
      <LibraryToolbar rows={rows} count={found.length} address={address} onChange={onChange} />
      <Chips chips={chips} onClear={() => onChange(unfiltered)} />
      {found.length === 0 && <Nothing isFiltered={rows.length > 0} onClear={() => onChange(unfiltered)} />}
      {found.length > 0 && layout === '' && (
        <LibraryList collection={name} rows={found} chosen={chosen} address={address} onChange={onChange} />
      )}
      {layout === 'grid' && (
        <LibraryGrid
          collection={name}
          label="Artifacts of the collection"
          rows={found}
          chosen={chosen}
          onTag={onTag}
        />
      )}
      {layout === 'groups' &&
        (grouping === 'group' ? (
          <GroupBoard collection={name} all={rows} rows={found} chosen={chosen} onTag={onTag} />
        ) : (
          <LibraryGroups
            collection={name}
            groups={groupRows(found, grouping)}
            chosen={chosen}
            onTag={onTag}
          />
        ))}
      <LibraryActions collection={name} chosen={chosen} />
    </>
  )
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear(): void }) {
  if (isFiltered)
    return (
      <p>
        No artifact is like that.{' '}
        <button type="button" class="button" onClick={onClear}>
          Show all
        </button>
      </p>
    )
  return (
    <p>
      The collection is empty. “Add…” copies an artifact into it, from a repository, this machine or a
      project.
    </p>
  )
}

/** The library is made where SkillMeat has it, so that both go on with the same one. */
function NoCollection() {
  const { running, run } = useAction(async () => {
    await call('collections.init', {})
    reloadChanged()
  })
  return (
    <Page title="Collections">
      <p>
        There is no collection yet. A collection is a folder of skills, commands, agents, hooks and servers of
        your own, from which they are deployed to projects.
      </p>
      <button type="button" class="button" data-primary="" disabled={running} onClick={() => run()}>
        Make the first one
      </button>
    </Page>
  )
}
