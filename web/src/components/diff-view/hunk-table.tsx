import type { ComponentChildren } from 'preact'
import { changedWords, type Piece } from './changed-words.ts'
import type { DiffLine, LinePair } from './diff-lines.ts'
import styles from './diff-view.module.css'

type Words = { left: Piece[]; right: Piece[] } | null

const signs = { same: ' ', removed: '−', added: '+', note: ' ' }
const spoken = { same: null, removed: 'removed: ', added: 'added: ', note: null }

const wordsOf = (left: DiffLine | null | undefined, right: DiffLine | null | undefined): Words =>
  left?.kind === 'removed' && right?.kind === 'added' ? changedWords(left.text, right.text) : null

const Sign = ({ kind }: { kind: DiffLine['kind'] }) => (
  <>
    <span class={styles.sign} aria-hidden="true">
      {signs[kind]}
    </span>
    {spoken[kind] && <span class="hidden">{spoken[kind]}</span>}
  </>
)

function renderPieces(pieces: Piece[] | undefined, line: DiffLine): ComponentChildren {
  if (!pieces) return line.text
  return pieces.map(({ text, changed }) => (changed ? <mark class={styles.word}>{text}</mark> : text))
}

const Note = ({ columns, text }: { columns: number; text: string }) => (
  <tr class={styles.noteRow}>
    <td colSpan={columns}>{text}</td>
  </tr>
)

/** Lines below each other: number on the left, on the right, then the line. */
export function UnifiedTable({ label, lines, all }: { label: string; lines: DiffLine[]; all: DiffLine[] }) {
  return (
    <table class={styles.table} aria-label={label} data-layout="unified">
      <colgroup>
        <col class={styles.numbers} />
        <col class={styles.numbers} />
        <col />
      </colgroup>
      <thead class="hidden">
        <tr>
          <th scope="col">Line before</th>
          <th scope="col">Line after</th>
          <th scope="col">Text</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, at) => {
          if (line.kind === 'note') return <Note key={at} columns={3} text={line.text} />
          const partner = line.partner === null ? null : all[line.partner]
          const words = line.kind === 'removed' ? wordsOf(line, partner)?.left : wordsOf(partner, line)?.right
          return (
            <tr key={at} data-kind={line.kind}>
              <td class={styles.number}>{line.left}</td>
              <td class={styles.number}>{line.right}</td>
              <td class={styles.text}>
                <Sign kind={line.kind} />
                {renderPieces(words, line)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** Lines beside each other: the left file, then the right one. */
export function SplitTable({ label, pairs }: { label: string; pairs: LinePair[] }) {
  return (
    <table class={styles.table} aria-label={label} data-layout="split">
      <colgroup>
        <col class={styles.numbers} />
        <col />
        <col class={styles.numbers} />
        <col />
      </colgroup>
      <thead class="hidden">
        <tr>
          <th scope="col">Line before</th>
          <th scope="col">Text before</th>
          <th scope="col">Line after</th>
          <th scope="col">Text after</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ left, right }, at) => {
          if (left?.kind === 'note') return <Note key={at} columns={4} text={left.text} />
          const words = wordsOf(left, right)
          return (
            <tr key={at}>
              <Side line={left} number={left?.left} pieces={words?.left} />
              <Side line={right} number={right?.right} pieces={words?.right} />
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

type SideProps = { line: DiffLine | null; number: number | null | undefined; pieces: Piece[] | undefined }

const Side = ({ line, number, pieces }: SideProps) => (
  <>
    <td class={styles.number} data-kind={line?.kind ?? 'none'}>
      {number}
    </td>
    <td class={styles.text} data-kind={line?.kind ?? 'none'}>
      {line && (
        <>
          <Sign kind={line.kind} />
          {renderPieces(pieces, line)}
        </>
      )}
    </td>
  </>
)
