import { useId, useMemo, useState } from 'preact/hooks'
import { Badge } from '../badge/badge.tsx'
import { NearView } from '../near-view/near-view.tsx'
import { changeCounts, type DiffFile, type Hunk, linesOf, pairsOf } from './diff-lines.ts'
import styles from './diff-view.module.css'
import { SplitTable, UnifiedTable } from './hunk-table.tsx'

export type Layout = 'unified' | 'split'

/** Lines that are rendered together. */
const BLOCK = 150
/** Pixels of a line that is not wrapped. */
const LINE = 20

export const statusTones = { added: 'ok', removed: 'danger', changed: 'attention' } as const

/** `+3 −1`, spoken as words. */
export function Counts({ file }: { file: DiffFile }) {
  const counts = changeCounts(file)
  if (!counts) return null
  return (
    <span class={styles.counts}>
      <span class={styles.plus} aria-hidden="true">{`+${counts.added}`}</span>{' '}
      <span class={styles.minus} aria-hidden="true">{`−${counts.removed}`}</span>
      <span class="hidden">{`${counts.added} added, ${counts.removed} removed`}</span>
    </span>
  )
}

/** One file: a head that opens and closes it, and what differs. */
export function DiffFileView({ file, layout, always }: { file: DiffFile; layout: Layout; always: boolean }) {
  const [isOpen, setOpen] = useState(true)
  const id = useId()
  return (
    <section class={styles.file} data-path={file.path} aria-labelledby={`${id}-name`}>
      <h3 class={styles.head}>
        <button
          type="button"
          id={`${id}-name`}
          class={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
          <span class={styles.path}>{file.path}</span>
        </button>
        <Badge tone={statusTones[file.status]}>{file.status}</Badge>
        <Counts file={file} />
      </h3>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Hunks file={file} layout={layout} always={always} />}
      </div>
    </section>
  )
}

function Hunks({ file, layout, always }: { file: DiffFile; layout: Layout; always: boolean }) {
  if (!file.hunks) {
    return <p class={styles.remark}>It is no text, or too long to be compared line by line.</p>
  }
  if (file.hunks.length === 0) {
    const remark = file.status === 'changed' ? 'Only its permission to run differs.' : 'It is empty.'
    return <p class={styles.remark}>{remark}</p>
  }
  return (
    <>
      {file.hunks.map((hunk, at) => (
        <HunkView key={at} path={file.path} hunk={hunk} layout={layout} always={always && at === 0} />
      ))}
    </>
  )
}

type HunkProps = { path: string; hunk: Hunk; layout: Layout; always: boolean }

function HunkView({ path, hunk, layout, always }: HunkProps) {
  const lines = useMemo(() => linesOf(hunk), [hunk])
  const pairs = useMemo(() => (layout === 'split' ? pairsOf(lines) : []), [lines, layout])
  const where = `lines ${rangeText(hunk.leftStart, hunk.leftLines)} before, ${rangeText(hunk.rightStart, hunk.rightLines)} after`
  const count = layout === 'split' ? pairs.length : lines.length
  const blocks = []
  for (let first = 0; first < count; first += BLOCK) {
    const end = Math.min(count, first + BLOCK)
    const label = `${path}, ${where}${count > BLOCK ? `, part ${first / BLOCK + 1}` : ''}`
    blocks.push(
      <NearView key={`${layout} ${first}`} height={(end - first) * LINE} always={always && first === 0}>
        {() =>
          layout === 'split' ? (
            <SplitTable label={label} pairs={pairs.slice(first, end)} />
          ) : (
            <UnifiedTable label={label} lines={lines.slice(first, end)} all={lines} />
          )
        }
      </NearView>,
    )
  }
  return (
    <>
      <div class={styles.hunk} data-change="" tabIndex={-1}>
        {`@@ −${rangeText(hunk.leftStart, hunk.leftLines)} +${rangeText(hunk.rightStart, hunk.rightLines)} @@`}
      </div>
      {blocks}
    </>
  )
}

/** `3–7`, `3`, or `none`. */
function rangeText(start: number, count: number): string {
  if (count === 0) return 'none'
  return count === 1 ? String(start) : `${start}–${start + count - 1}`
}
