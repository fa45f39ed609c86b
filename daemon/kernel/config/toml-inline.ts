/** The new text of a value on its place: what has not changed inside of it keeps its bytes. */
import { replacement, type TomlValue } from './toml-edit.ts'
import { formatKey, formatValue, isTables, type Row } from './toml-format.ts'
import type { TomlElement, TomlEntry } from './toml-places.ts'
import { matchInOrder, type RowMatch, sameValue } from './toml-rows.ts'
import { plainItems } from './toml-tree.ts'
import { isTable } from './value.ts'

/** The text for `wanted` where `entry` has the value `old`. */
export function inlineText(text: string, entry: TomlEntry, old: unknown, wanted: unknown): string {
  const before = text.slice(entry.valueStart, entry.end)
  if (sameValue(old, wanted)) return before
  if (entry.items && isTable(old) && isTable(wanted)) {
    const place = { start: entry.valueStart, end: entry.end, items: entry.items }
    return inlineTableText(text, place, entry.path.length, old, wanted)
  }
  if (entry.elements && isTables(old) && isTables(wanted)) {
    return inlineTablesText(text, entry, old, matchInOrder(old, wanted))
  }
  return isScalars(wanted) ? replacement(before, entry.valueKind, wanted) : formatValue(wanted)
}

/** `{ … }` with other pairs: those that stay keep their text and what separates them. */
function inlineTableText(text: string, place: TomlElement, base: number, old: Row, wanted: Row): string {
  const items = plainItems(place, base)
  if (!items || items.size === 0) return formatValue(wanted)
  const entries = [...items]
  const first = entries[0]?.[1] as TomlEntry
  let changed = text.slice(place.start, first.start)
  let written = 0
  entries.forEach(([key, entry], index) => {
    if (!(key in wanted)) return
    const previous = entries[index - 1]?.[1]
    if (written++ > 0 && previous) changed += text.slice(previous.end, entry.start)
    changed += text.slice(entry.start, entry.valueStart) + inlineText(text, entry, old[key], wanted[key])
  })
  for (const [key, value] of Object.entries(wanted)) {
    if (items.has(key)) continue
    changed += `${written++ > 0 ? ', ' : ''}${formatKey(key)} = ${formatValue(value)}`
  }
  const last = entries.at(-1)?.[1] as TomlEntry
  return written === 0 ? '{}' : changed + text.slice(last.end, place.end)
}

/**
 * `[ { … }, … ]` with other elements. Those on lines of their own move and go with the comments right above them; of a list
 * on one line the commas stay where they are.
 */
export function inlineTablesText(
  text: string,
  entry: TomlEntry,
  old: readonly Row[],
  matches: readonly RowMatch[],
): string {
  const places = entry.elements ?? []
  const elementText = ({ from, row }: RowMatch) =>
    from === null
      ? formatValue(row)
      : inlineTableText(text, places[from] as TomlElement, entry.path.length, old[from] as Row, row)
  const unchanged = ({ from, row }: RowMatch) => from !== null && sameValue(old[from], row)
  const newText = (match: RowMatch) => {
    const place = match.from === null ? null : places[match.from]
    return place && unchanged(match) ? text.slice(place.start, place.end) : elementText(match)
  }
  const blocks = lineBlocks(text, entry, places)
  return blocks ? tallText(text, entry, blocks, matches, newText) : flatText(text, entry, matches, newText)
}

/** The list on one line, or in some other shape that has no line for each element. */
function flatText(
  text: string,
  entry: TomlEntry,
  matches: readonly RowMatch[],
  newText: (match: RowMatch) => string,
): string {
  const places = entry.elements ?? []
  const first = places[0]
  const last = places.at(-1)
  if (!first || !last) return `[${matches.map(newText).join(', ')}]`
  const between = (index: number) => {
    const [left, right] = [places[index - 1], places[index]]
    return left && right ? text.slice(left.end, right.start) : ', '
  }
  const parts = matches.map((match, index) => (index === 0 ? '' : between(index)) + newText(match))
  return text.slice(entry.valueStart, first.start) + parts.join('') + text.slice(last.end, entry.end)
}

/** The lines of one element: comments right above, the element, its comma, the comment behind. */
type Block = { start: number; end: number; element: TomlElement; hasComma: boolean }

function tallText(
  text: string,
  entry: TomlEntry,
  blocks: readonly Block[],
  matches: readonly RowMatch[],
  newText: (match: RowMatch) => string,
): string {
  const first = blocks[0] as Block
  const newline = text.slice(first.start - 2, first.start) === '\r\n' ? '\r\n' : '\n'
  const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', first.element.start) + 1))?.[0] as string
  const blockText = (match: RowMatch) => {
    if (match.from === null) return `${indent}${newText(match)},${newline}`
    const { start, end, element, hasComma } = blocks[match.from] as Block
    const isLast = matches.at(-1) === match
    const comma = hasComma || isLast ? '' : ','
    return text.slice(start, element.start) + newText(match) + comma + text.slice(element.end, end)
  }
  // What lies between the blocks (empty lines, comments apart) stays at its place; elements fill the places in order.
  const kept = matches.filter(({ from }) => from !== null).length
  let changed = text.slice(entry.valueStart, first.start)
  let slot = 0
  const gap = (index: number) => {
    const [left, right] = [blocks[index - 1], blocks[index]]
    return left && right ? text.slice(left.end, right.start) : ''
  }
  for (const match of matches) {
    if (match.from !== null && kept === blocks.length && slot > 0) changed += gap(slot)
    else if (match.from !== null && slot > 0) changed += gap(match.from)
    if (match.from !== null) slot++
    changed += blockText(match)
  }
  return changed + text.slice((blocks.at(-1) as Block).end, entry.end)
}

function lineBlocks(text: string, entry: TomlEntry, places: readonly TomlElement[]): Block[] | null {
  const blocks: Block[] = []
  let floor = text.indexOf('\n', entry.valueStart) + 1
  if (floor === 0) return null
  for (const element of places) {
    const lineAt = text.lastIndexOf('\n', element.start - 1) + 1
    if (lineAt < floor || text.slice(lineAt, element.start).trim() !== '') return null
    const after = /^[ \t]*(,?)[ \t]*(?:#[^\n]*)?\r?\n/.exec(text.slice(element.end, entry.end))
    if (!after) return null
    let start = lineAt
    while (start > floor) {
      const above = text.lastIndexOf('\n', start - 2) + 1
      if (above < floor || !/^[ \t]*#/.test(text.slice(above, start))) break
      start = above
    }
    const end = element.end + after[0].length
    blocks.push({ start, end, element, hasComma: after[1] === ',' })
    floor = end
  }
  return blocks.length > 0 ? blocks : null
}

function isScalars(value: unknown): value is TomlValue {
  const isScalar = (item: unknown) => ['string', 'number', 'boolean'].includes(typeof item)
  return Array.isArray(value) && value.every(isScalar)
}
