/** A comparison in two columns: what lies on the left beside what lies on the right. */
import type { Style } from '../io.ts'
import { rulerFor } from './table.ts'
import type { FileDiff, PatchLine } from './unified-diff.ts'

/** Where nobody says how wide a line may be, as `diff -y` has it. */
const WIDTH = 130
/** Between the columns: what became of the line. */
const GUTTER = 3
/** More would be no column any more. */
const LEAST = 10

type Pair = { left: string | null; right: string | null }

/** The lines of one file, no wider than `width`; longer ones are cut. None for a file that differs in no line. */
export async function sideBySide({ path, status, hunks }: FileDiff, width: number): Promise<PatchLine[]> {
  const head = (text: string): PatchLine => ({ text, style: 'bold' })
  if (hunks === null) return [head(`${path}: ${status}, no text or too long`)]
  if (hunks.length === 0 && status === 'changed') return []
  const half = Math.max(LEAST, Math.floor(((Number.isFinite(width) ? width : WIDTH) - GUTTER) / 2))
  const pairs = hunks.map(({ lines }) => pairsOf(lines))
  const ruler = await rulerFor(pairs.flat().map(({ left, right }) => [left ?? '', right ?? '']))
  const cell = (text: string | null): string => {
    const cut = ruler.cut(text ?? '', half)
    return cut + ' '.repeat(Math.max(0, half - ruler.width(cut)))
  }
  const printed: PatchLine[] = [head(`${path}${status === 'changed' ? '' : ` (${status})`}`)]
  for (const [n, { leftStart, rightStart }] of hunks.entries()) {
    printed.push({ text: `${cell(`line ${leftStart}`)}   line ${rightStart}`, style: 'cyan' })
    for (const pair of pairs[n] ?? []) {
      const { sign, style } = markOf(pair)
      printed.push({ text: `${cell(pair.left)} ${sign} ${cell(pair.right)}`.trimEnd(), style })
    }
  }
  return printed
}

/** What was replaced stands beside what replaced it. */
function pairsOf(lines: readonly string[]): Pair[] {
  const pairs: Pair[] = []
  let [removed, added]: [string[], string[]] = [[], []]
  const flush = (): void => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      pairs.push({ left: removed[i] ?? null, right: added[i] ?? null })
    ;[removed, added] = [[], []]
  }
  for (const line of lines) {
    const text = shown(line.slice(1))
    if (line.startsWith('-')) {
      // A new change, not the other half of the former one.
      if (added.length > 0) flush()
      removed.push(text)
    } else if (line.startsWith('+')) added.push(text)
    else if (line.startsWith(' ')) {
      flush()
      pairs.push({ left: text, right: text })
    }
  }
  flush()
  return pairs
}

/** The signs of `diff -y`. */
function markOf({ left, right }: Pair): { sign: string; style: Style | null } {
  if (left === null) return { sign: '>', style: 'green' }
  if (right === null) return { sign: '<', style: 'red' }
  return left === right ? { sign: ' ', style: null } : { sign: '|', style: 'yellow' }
}

const TAB = 8

/** Tabs as the spaces they stand for; a carriage return would go back to the left column. */
function shown(text: string): string {
  let line = ''
  for (const char of text.replace(/\r$/, ''))
    line += char === '\t' ? ' '.repeat(TAB - (line.length % TAB)) : char
  return line
}
