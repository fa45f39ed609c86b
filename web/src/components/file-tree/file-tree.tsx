import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { formatBytes } from '../../lib/format.ts'
import styles from './file-tree.module.css'
import { type FileStatus, type TreeEntry, type TreeRow, treeRows } from './tree.ts'

/** Letters within this many ms are one word to look for. */
const TYPE_AHEAD = 500

const marks: Record<FileStatus, string> = { added: 'A', removed: 'D', changed: 'M' }

type FileTreeProps = {
  /** What it lists, for assistive technology. */
  label: string
  entries: readonly TreeEntry[]
  /** The path of the file that is open. */
  selected?: string | undefined
  onOpen: (path: string) => void
}

/**
 * Files and folders as a tree with one focus stop (WAI-ARIA tree pattern): arrows move, open and close, Home and End go to
 * the ends, letters go to a name, Enter opens a file.
 */
export function FileTree({ label, entries, selected, onOpen }: FileTreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [wanted, setWanted] = useState<string | undefined>(selected)
  const rows = useMemo(() => treeRows(entries, closed), [entries, closed])
  const element = useRef<HTMLDivElement>(null)
  const takesFocus = useRef(false)
  const typed = useRef({ word: '', at: Number.NEGATIVE_INFINITY })
  const found = rows.findIndex(({ path }) => path === wanted)
  const active = Math.max(0, found)

  useLayoutEffect(() => {
    if (!takesFocus.current) return
    takesFocus.current = false
    element.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  })

  const go = (row: TreeRow | undefined): void => {
    if (!row) return
    takesFocus.current = true
    setWanted(row.path)
  }
  const toggle = ({ path }: TreeRow): void => {
    const next = new Set(closed)
    if (!next.delete(path)) next.add(path)
    setClosed(next)
  }
  const open = (row: TreeRow): void => {
    setWanted(row.path)
    if (row.isOpen === null) onOpen(row.path)
    else toggle(row)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active]
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return
    const act: Record<string, () => void> = {
      ArrowDown: () => go(rows[active + 1]),
      ArrowUp: () => go(rows[active - 1]),
      ArrowRight: () => (row.isOpen === false ? toggle(row) : row.isOpen && go(firstChild(rows, active))),
      ArrowLeft: () => (row.isOpen ? toggle(row) : go(parentOf(rows, active))),
      Home: () => go(rows[0]),
      End: () => go(rows.at(-1)),
      Enter: () => open(row),
      ' ': () => open(row),
    }
    const chosen = act[event.key]
    if (chosen) chosen()
    else if (event.key.length === 1) go(lookFor(event))
    else return
    event.preventDefault()
  }
  /** The next row that begins with what was typed; the same letter again goes on. */
  const lookFor = ({ key, timeStamp }: KeyboardEvent): TreeRow | undefined => {
    const isMore = timeStamp - typed.current.at < TYPE_AHEAD
    const word = (isMore ? typed.current.word : '') + key.toLowerCase()
    typed.current = { word, at: timeStamp }
    const isOneLetter = word.replaceAll(key.toLowerCase(), '') === ''
    const start = isOneLetter ? active + 1 : active
    const order = [...rows.slice(start), ...rows.slice(0, start)]
    return order.find(({ name }) => name.toLowerCase().startsWith(isOneLetter ? key.toLowerCase() : word))
  }

  return (
    <div ref={element} role="tree" class={styles.tree} aria-label={label} onKeyDown={onKeyDown}>
      {rows.map((row, at) => (
        <div
          key={row.path}
          role="treeitem"
          class={styles.row}
          tabIndex={at === active ? 0 : -1}
          aria-level={row.level}
          aria-posinset={row.position}
          aria-setsize={row.siblings}
          aria-expanded={row.isOpen ?? undefined}
          aria-selected={row.path === selected}
          data-status={row.status}
          style={{ '--level': row.level }}
          // Assistive technology moves the focus by itself.
          onFocus={() => setWanted(row.path)}
          onClick={() => open(row)}
        >
          <span class={styles.sign} aria-hidden="true">
            {row.isOpen === null ? '' : row.isOpen ? '▾' : '▸'}
          </span>
          <span class={styles.name}>{row.name}</span>
          {row.kind === 'link' && <span class="muted">link</span>}
          {row.isOpen === null && row.sizeBytes !== undefined && (
            <span class={styles.size}>{formatBytes(row.sizeBytes)}</span>
          )}
          {row.status && (
            <span class={styles.status} title={row.status}>
              <span aria-hidden="true">{marks[row.status]}</span>
              <span class="hidden">{row.status}</span>
            </span>
          )}
        </div>
      ))}
    </div>
  )
}

function firstChild(rows: readonly TreeRow[], at: number): TreeRow | undefined {
  const next = rows[at + 1]
  return next && next.level > (rows[at]?.level ?? 0) ? next : undefined
}

const parentOf = (rows: readonly TreeRow[], at: number): TreeRow | undefined =>
  rows.slice(0, at).findLast(({ level }) => level < (rows[at]?.level ?? 0))
