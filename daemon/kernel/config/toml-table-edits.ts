/** The edits of the text that make one table hold what is wanted. */
import { lineEnd, lineStart, newlineOf } from './toml-edit.ts'
import {
  formatKey,
  formatPair,
  formatPath,
  formatSection,
  formatValue,
  isTables,
  type Row,
} from './toml-format.ts'
import { inlineText } from './toml-inline.ts'
import type { Toml, TomlEntry } from './toml-places.ts'
import { matchInOrder, sameValue } from './toml-rows.ts'
import { endOfSections, inserted, removedRange } from './toml-text.ts'
import { type Child, pairsOfChild, sectionsOf, sectionsOfChild, type TableNode } from './toml-tree.ts'
import { isTable } from './value.ts'

/** A document that is being changed. */
export type Draft = { toml: Toml; newline: string }

/** `text` in the place of what stands from `start` to `end`; several at one place in the order of their ranks. */
export type TextEdit = { start: number; end: number; text: string; rank: number }

/** Errors: two edits of one place, which is a bug of the caller. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((left, right) => left.start - right.start || left.rank - right.rank)
  let changed = ''
  let at = 0
  for (const edit of sorted) {
    if (edit.start < at) throw new Error('two edits of one place')
    changed += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return changed + text.slice(at)
}

/** As `applyEdits`, for edits that only remove: the text ends as it did, without the empty lines above what was last. */
export function applyRemovals(text: string, edits: readonly TextEdit[]): string {
  const changed = applyEdits(text, edits)
  if (!edits.some(({ end }) => end === text.length)) return changed
  const body = changed.trimEnd()
  const ending = /\r?\n$/.exec(text)?.[0] ?? ''
  return body === '' ? '' : body + ending
}

/**
 * In the phase `remove` everything that is gone goes, or whose spelling cannot hold what is wanted; `write`, on the text
 * made by that, changes and adds. So no insertion ever stands next to a removal.
 */
export function writeTable(
  draft: Draft,
  table: TableNode,
  old: Row,
  wanted: Row,
  phase: 'remove' | 'write',
): TextEdit[] {
  const edits: TextEdit[] = []
  for (const [key, child] of table.children) {
    const value = Object.hasOwn(wanted, key) ? wanted[key] : undefined
    if (sameValue(old[key], value)) continue
    if (!fits(child, value)) {
      if (phase === 'remove') edits.push(...removeChild(draft.toml, child))
      continue
    }
    edits.push(...writeChild(draft, child, old[key], value, phase))
  }
  if (phase === 'write') {
    const added = Object.entries(wanted).filter(
      ([key, value]) => !table.children.has(key) && !sameValue(undefined, value),
    )
    edits.push(...addKeys(draft, table, added))
  }
  return edits
}

/** Without what the key stands for, its lines and headers. */
export function removeChild(toml: Toml, child: Child): TextEdit[] {
  const lines = pairsOfChild(child).map((entry) => removedPair(toml.text, entry))
  const own = sectionsOfChild(child).sort((left, right) => left.start - right.start)
  return own.length > 0 ? [...lines, ...removedRange(toml, own)] : lines
}

function fits(child: Child, value: unknown): boolean {
  if (value === undefined) return false
  if (child.kind === 'pair') return true
  return child.kind === 'table' ? isTable(value) : isTables(value)
}

function writeChild(
  draft: Draft,
  child: Child,
  old: unknown,
  value: unknown,
  phase: 'remove' | 'write',
): TextEdit[] {
  if (child.kind === 'pair') {
    if (phase === 'remove') return []
    const { entry } = child
    return [
      {
        start: entry.valueStart,
        end: entry.end,
        text: inlineText(draft.toml.text, entry, old, value),
        rank: 0,
      },
    ]
  }
  if (child.kind === 'table') return writeTable(draft, child.table, old as Row, value as Row, phase)
  return writeElements(draft, child.elements, old as Row[], value as Row[], phase)
}

/** The elements of an array inside a row, which have no key. */
function writeElements(
  draft: Draft,
  elements: readonly TableNode[],
  old: readonly Row[],
  wanted: readonly Row[],
  phase: 'remove' | 'write',
): TextEdit[] {
  const matches = matchInOrder(old, wanted)
  const kept = new Map(matches.map(({ from, row }) => [from, row]))
  const edits = elements.flatMap((element, index) => {
    const row = kept.get(index)
    if (row) return writeTable(draft, element, old[index] as Row, row, phase)
    const own = sectionsOf(element)
    return phase === 'remove' ? removedRange(draft.toml, own) : []
  })
  if (phase === 'remove') return edits
  const { toml, newline } = draft
  const gap = newline.repeat(2)
  let previous = elements[0] as TableNode
  for (const { row, from } of matches) {
    if (from !== null) previous = elements[from] as TableNode
    else {
      const block = formatSection(previous.path, row, true, newline)
      const at = endOfSections(toml.text, sectionsOf(previous))
      edits.push(inserted(at, `${gap}${block}`, previous.path.length))
    }
  }
  return edits
}

function addKeys(draft: Draft, table: TableNode, added: readonly [string, unknown][]): TextEdit[] {
  const { toml, newline } = draft
  const { section, dotted, path } = table
  if (added.length === 0) return []
  if (dotted && !section) {
    const lines = added.map(
      ([key, value]) => `${formatPath([...dotted.prefix, key])} = ${formatValue(value)}`,
    )
    return lines.map((line) => lineBelow(toml.text, dotted.last, dotted.section.headerEnd, line))
  }
  const gap = newline + newline
  const below = (text: string, depth: number) =>
    inserted(endOfSections(toml.text, sectionsOf(table)), `${gap}${text}`, depth)
  if (!section) return [below(formatSection(path, Object.fromEntries(added), false, newline), path.length)]
  return added.map(([key, value]) => {
    const inner = [...path, key]
    if (isTable(value)) return below(formatSection(inner, value, false, newline), inner.length)
    if (isTables(value)) {
      const blocks = value.map((element) => formatSection(inner, element, true, newline))
      return below(blocks.join(gap), inner.length)
    }
    const line = formatPair(formatKey(key), value, newline)
    return lineBelow(toml.text, section.entries.at(-1), section.headerEnd, line)
  })
}

/** A line below the pair, indented like it, or below the header. */
export function lineBelow(
  text: string,
  previous: TomlEntry | undefined,
  headerEnd: number,
  line: string,
): TextEdit {
  const at = lineEnd(text, previous?.end ?? headerEnd)
  const indent = previous ? /^[ \t]*/.exec(text.slice(lineStart(text, previous.start)))?.[0] : ''
  return { start: at, end: at, text: `${newlineOf(text)}${indent}${line}`, rank: 0 }
}

function removedPair(text: string, entry: TomlEntry): TextEdit {
  if (entry.siblings) throw new Error('a pair inside a value has no line of its own')
  const start = lineStart(text, entry.start)
  let end = lineEnd(text, entry.end)
  if (end < text.length) end += text.startsWith('\r\n', end) ? 2 : 1
  return { start, end, text: '', rank: 0 }
}
