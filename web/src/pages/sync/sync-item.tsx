import { Badge } from '../../components/badge/badge.tsx'
import { DiffView } from '../../components/diff-view/diff-view.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import {
  actionWords,
  conflictNames,
  type FilePlan,
  type MergeItem,
  refOf,
  sides,
  statusName,
  type Take,
  takeName,
  type Way,
} from './drift-words.ts'
import styles from './sync-page.module.css'

type Props = {
  item: MergeItem
  way: Way
  /** Stands below a heading that says what it is. */
  isTitled?: boolean
  /** Null takes the choice back. */
  onChoose(ref: string, path: string, take: Take | null): void
}

/** One artifact of a preview: what becomes of each file, whose version is taken, and what that changes. */
export function SyncItemView({ item, way, isTitled = true, onChoose }: Props) {
  const { name, beside, action, reason, files, hasBase } = item
  const word = actionWords[action]
  const changed = files.flatMap(({ path, change, hunks }) =>
    change === 'none' ? [] : [{ path: path === '' ? name : path, status: change, hunks }],
  )
  const goesTo = `the ${sides[way].ours}`
  return (
    <section class={styles.item} aria-label={`${name}, ${beside}`}>
      {isTitled && (
        <h3>
          {name} <span class="muted">{beside}</span> <Badge tone={word.tone}>{word.name}</Badge>
        </h3>
      )}
      {reason !== null && <p>{reason}</p>}
      {!hasBase && files.length > 0 && (
        <p class="muted">
          {way === 'update' ? 'What was fetched' : 'What was deployed'} is not kept, so everything that
          differs has to be decided.
        </p>
      )}
      {files.length > 0 && (
        <SimpleTable
          label={`Files of ${name}`}
          columns={columnsOf(item, way, onChoose)}
          rows={files}
          keyOf={({ path }) => path}
        />
      )}
      {changed.length > 0 && (
        <DiffView
          diff={{
            left: { label: `${goesTo}, now`, version: null },
            right: { label: `${goesTo}, afterwards`, version: null },
            files: changed,
            same: files.length - changed.length,
          }}
        />
      )}
    </section>
  )
}

const columnsOf = (item: MergeItem, way: Way, onChoose: Props['onChoose']): SimpleColumn<FilePlan>[] => [
  {
    title: 'File',
    render: ({ path, movedFrom }) => (
      <>
        <span class="mono">{path === '' ? item.name : path}</span>
        {movedFrom !== null && <div class="path">was {movedFrom}</div>}
      </>
    ),
  },
  {
    title: 'Changed',
    render: ({ status, conflict, isOpen, isBinary }) => (
      <>
        {statusName(status, way)}
        {conflict && (
          <>
            {' '}
            <Badge tone={isOpen ? 'danger' : 'ok'}>
              {isOpen ? `Conflict: ${conflictNames[conflict]}` : 'Decided'}
            </Badge>
          </>
        )}
        {isBinary && <span class="muted"> no text</span>}
      </>
    ),
  },
  {
    title: 'Take',
    render: ({ path, choice, isBinary }) => (
      <select
        class="field"
        aria-label={`Which version of ${path === '' ? item.name : path}`}
        value={choice ?? ''}
        onChange={({ currentTarget }) =>
          onChoose(refOf(item), path, currentTarget.value === '' ? null : (currentTarget.value as Take))
        }
      >
        <option value="">By itself</option>
        {takesOf(item.hasBase, isBinary).map((take) => (
          <option key={take} value={take}>
            {takeName(take, way)}
          </option>
        ))}
      </select>
    ),
  },
]

/** What can be taken: only text goes together, and only what is kept comes back. */
const takesOf = (hasBase: boolean, isBinary: boolean): Take[] => [
  'theirs',
  'ours',
  ...(isBinary ? [] : (['merged'] as const)),
  ...(hasBase ? (['base'] as const) : []),
]
