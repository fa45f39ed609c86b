/** Rows below `[[x]]` headers: their order, and which there are. */
import { formatSection, type Row } from './toml-format.ts'
import type { Toml, TomlSection } from './toml-places.ts'
import { type RowMatch, sameValue } from './toml-rows.ts'
import { applyEdits, applyRemovals, type Draft, type TextEdit, writeTable } from './toml-table-edits.ts'
import { endOfSections, inserted, rangeOfSections, removedRange } from './toml-text.ts'
import { childAt, sectionsOf, type TableNode, tableTree } from './toml-tree.ts'

/** Rows that stay, in the order in which they are wanted: their texts change places. Errors: a row in several pieces. */
export function rowsInOrder(toml: Toml, path: readonly string[], matches: readonly RowMatch[]): string {
  const { text, sections } = toml
  const order = matches.flatMap(({ from }) => from ?? [])
  const slots = order.toSorted((left, right) => left - right)
  if (order.every((from, index) => from === slots[index])) return text
  const ranges = elementsAt(toml, path).map((element) => {
    const own = sectionsOf(element)
    const first = sections.indexOf(own[0] as TomlSection)
    if (!own.every((section, index) => sections[first + index] === section)) {
      throw new Error('something else stands between the parts of a row')
    }
    return rangeOfSections(toml, own)
  })
  const edits = slots.flatMap((slot, index) => {
    const [to, from] = [ranges[slot], ranges[order[index] as number]]
    return to && from && to !== from ? [{ ...to, text: text.slice(from.start, from.end), rank: 0 }] : []
  })
  return applyEdits(text, edits)
}

/**
 * The edits that bring the rows in line when one step does: nothing but removals, or none of them, and no row moves. Null when
 * it takes several.
 */
export function rowEdits(
  draft: Draft,
  path: readonly string[],
  matches: readonly RowMatch[],
): TextEdit[] | null {
  const order = matches.flatMap(({ from }) => from ?? [])
  if (order.length === 0 || order.some((from, index) => from < (order[index - 1] ?? 0))) return null
  const removed = removalEdits(draft, path, matches)
  // The end of the text takes care of what removals leave there.
  if (removed.some(({ end }) => end === draft.toml.text.length)) return null
  const added = additionEdits(draft, path, matches)
  return removed.length > 0 && added.length > 0 ? null : [...removed, ...added]
}

/** Without the rows that are gone, and without what is gone from those that stay. */
export function rowsRemoved(draft: Draft, path: readonly string[], matches: readonly RowMatch[]): string {
  return applyRemovals(draft.toml.text, removalEdits(draft, path, matches))
}

function removalEdits(draft: Draft, path: readonly string[], matches: readonly RowMatch[]): TextEdit[] {
  const { toml } = draft
  const kept = new Map(matches.map(({ from, row }) => [from, row]))
  const old = rowsAt(toml, path)
  return elementsAt(toml, path).flatMap((element, index) => {
    const row = kept.get(index)
    if (!row) return removedRange(toml, sectionsOf(element))
    const before = old[index] as Row
    return sameValue(before, row) ? [] : writeTable(draft, element, before, row, 'remove')
  })
}

/** With what is new: values in rows that stay, and new rows behind the one that stands before them. */
export function rowsAddedOrChanged(
  draft: Draft,
  path: readonly string[],
  matches: readonly RowMatch[],
): string {
  return applyEdits(draft.toml.text, additionEdits(draft, path, matches))
}

function additionEdits(draft: Draft, path: readonly string[], matches: readonly RowMatch[]): TextEdit[] {
  const { toml, newline } = draft
  const elements = elementsAt(toml, path)
  const old = rowsAt(toml, path)
  const gap = newline.repeat(2)
  const edits: TextEdit[] = []
  let previous: TableNode | null = null
  for (const { row, from } of matches) {
    if (from !== null) {
      previous = elements[from] as TableNode
      const before = old[from] as Row
      if (!sameValue(before, row)) edits.push(...writeTable(draft, previous, before, row, 'write'))
      continue
    }
    const block = formatSection(path, row, true, newline)
    if (previous) {
      const at = endOfSections(toml.text, sectionsOf(previous))
      edits.push(inserted(at, `${gap}${block}`, path.length))
    } else {
      const { start } = rangeOfSections(toml, sectionsOf(elements[0] as TableNode))
      edits.push(inserted(start, `${block}${gap}`, path.length))
    }
  }
  return edits
}

function elementsAt(toml: Toml, path: readonly string[]): readonly TableNode[] {
  const child = childAt(tableTree(toml), path)
  return child?.kind === 'elements' ? child.elements : []
}

function rowsAt({ data }: Toml, path: readonly string[]): readonly Row[] {
  let value: unknown = data
  for (const part of path) value = (value as Row)[part]
  return value as Row[]
}
