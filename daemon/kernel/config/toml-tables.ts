/**
 * Brings an array of tables, or one table, of a TOML text in line with what it shall hold, and leaves every other byte alone.
 *
 * Both spellings are kept: `[[x]]` with the tables below, and `x = [{ … }, … ]`. Values that differ are changed on their
 * place. It goes in steps, each on the text that the former made: rows into their order, what is gone out, the rest in.
 */
import { parseToml, quickValues, readValues } from './toml.ts'
import { findEntry, lineEnd, newlineOf, setInToml } from './toml-edit.ts'
import { formatKey, formatPair, formatSection, formatValue, isTables, type Row } from './toml-format.ts'
import { inlineTablesText, inlineText } from './toml-inline.ts'
import type { Toml, TomlEntry } from './toml-places.ts'
import { isNothing, matchByKey, type RowMatch, sameValue, withoutNulls } from './toml-rows.ts'
import { rowEdits, rowsAddedOrChanged, rowsInOrder, rowsRemoved } from './toml-section-rows.ts'
import {
  applyEdits,
  applyRemovals,
  type Draft,
  lineBelow,
  removeChild,
  type TextEdit,
  writeTable,
} from './toml-table-edits.ts'
import { childAt, tableTree } from './toml-tree.ts'
import { isTable } from './value.ts'

export type { Row } from './toml-format.ts'

/**
 * The text in which the array of tables at `path` holds exactly `rows`, in this order. A row whose key is there already keeps
 * its bytes, its comments and, as far as the order allows, its place; only values that differ are changed in it. New rows
 * come in the spelling of the others, `[[x]]` when there are none. A row that is gone goes with the comments right above it.
 * An array without rows is left out. Null and undefined in rows count as absent.
 *
 * Errors: a plain Error when the document spells the array in a way that cannot be changed (inside of `{ … }`).
 */
export function setTables(
  toml: Toml,
  path: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): string {
  const wanted = rows.map(withoutNulls)
  const old = valueAt(toml.data, path) ?? []
  if (sameValue(old, wanted)) return toml.text
  if (!Array.isArray(old) || !old.every(isTable)) throw new Error(`${path.join('.')} is no array of tables`)
  const match = (old: readonly Row[]) => matchByKey(old, wanted, keyOf)
  const newline = newlineOf(toml.text)
  return firstThatHolds(path, withValue(toml.data, path, wanted), [
    () => withRows(toml, path, match, newline),
    // Rows that cannot be changed piece by piece, such as two with something else between their parts.
    () => withRows(reparsed(withoutRows(toml, path)), path, match, newline),
  ])
}

/** Rows of an array of tables, or one value of a table. */
export type TomlChange =
  | { path: readonly string[]; rows: readonly Row[]; keyOf: (row: Row) => string }
  | { path: readonly [table: string, key: string]; value: string }

/**
 * The text with all of these changes, as if `setTables` and `setInToml` had made one after the other; quicker, because what
 * can be done in one step is read again once. Errors: as `setTables`.
 */
export function changeToml(toml: Toml, changes: readonly TomlChange[]): string {
  const newline = newlineOf(toml.text)
  const edits: TextEdit[] = []
  const blocks: string[] = []
  const later: TomlChange[] = []
  let expected = toml.data as Row
  for (const change of changes) {
    const wanted = 'rows' in change ? change.rows.map(withoutNulls) : change.value
    const old = valueAt(toml.data, change.path)
    if (sameValue('rows' in change ? (old ?? []) : old, wanted)) continue
    const own = editsOf({ toml, newline }, change)
    if (own === null) {
      later.push(change)
      continue
    }
    if (typeof own === 'string') blocks.push(own)
    else edits.push(...own)
    expected = withValue(expected, change.path, wanted)
  }
  let current = toml
  try {
    let text = applyEdits(toml.text, edits)
    for (const block of blocks) text = appended(text, block, newline)
    if (!holds(text, expected)) throw new Error('the edits did something else')
    if (later.length === 0) return text
    current = reparsed(text, toml)
  } catch {
    later.splice(0, later.length, ...changes)
  }
  for (const change of later) {
    const text =
      'rows' in change
        ? setTables(current, change.path, change.rows, change.keyOf)
        : setInToml(current, change.path, change.value)
    current = reparsed(text, current)
  }
  return current.text
}

/** Edits, or what comes below everything; null when it takes more than one step. */
function editsOf(draft: Draft, change: TomlChange): TextEdit[] | string | null {
  if ('value' in change) return valueEdits(draft, change)
  const { toml, newline } = draft
  const old = valueAt(toml.data, change.path)
  const child = childAt(tableTree(toml), change.path)
  if (!child) return sectionsText(change.path, change.rows.map(withoutNulls), newline)
  if (!isTables(old) || child.kind !== 'elements') return null
  return rowEdits(draft, change.path, matchByKey(old, change.rows.map(withoutNulls), change.keyOf))
}

function valueEdits(
  { toml, newline }: Draft,
  { path, value }: { path: readonly [table: string, key: string]; value: string },
): TextEdit[] | null {
  const entry = findEntry(toml, path)
  if (entry) return [{ start: entry.valueStart, end: entry.end, text: formatValue(value), rank: 0 }]
  const [table, key] = path
  const section = toml.sections.find(
    ({ repeated, path: [first, ...rest] }) => !repeated && first === table && rest.length === 0,
  )
  if (!section) return null
  return [
    lineBelow(
      toml.text,
      section.entries.at(-1),
      section.headerEnd,
      formatPair(formatKey(key), value, newline),
    ),
  ]
}

/**
 * The text in which the table at `path` holds exactly `wanted`: as `setTables`, for a table whose keys are names of what it
 * holds. An absent one is written at the end. Errors: as `setTables`.
 */
export function setTable(toml: Toml, path: readonly string[], wanted: Row): string {
  const clean = withoutNulls(wanted)
  const old = valueAt(toml.data, path)
  if (sameValue(old, clean)) return toml.text
  if (old !== undefined && !isTable(old)) throw new Error(`${path.join('.')} is no table`)
  const newline = newlineOf(toml.text)
  return firstThatHolds(path, withValue(toml.data, path, clean), [
    () => withTable(toml, path, clean, newline),
  ])
}

function withTable(before: Toml, path: readonly string[], wanted: Row, newline: string): string {
  let toml = before
  for (const phase of ['remove', 'write'] as const) {
    const child = childAt(tableTree(toml), path)
    const value = valueAt(toml.data, path)
    if (!child && (phase === 'remove' || isNothing(wanted))) continue
    if (!child) return appended(toml.text, formatSection(path, wanted, false, newline), newline)
    if (child.kind === 'pair')
      return replaced(toml.text, child.entry, inlineText(toml.text, child.entry, value, wanted))
    if (child.kind !== 'table' || !isTable(value)) throw new Error(`${path.join('.')} is no table`)
    const edits = writeTable({ toml, newline }, child.table, value, wanted, phase)
    toml = reparsed(phase === 'remove' ? applyRemovals(toml.text, edits) : applyEdits(toml.text, edits), toml)
  }
  return toml.text
}

function withRows(
  toml: Toml,
  path: readonly string[],
  match: (old: readonly Row[]) => RowMatch[],
  newline: string,
): string {
  const child = childAt(tableTree(toml), path)
  const old = (valueAt(toml.data, path) ?? []) as Row[]
  if (child?.kind === 'pair') {
    const { entry } = child
    const matches = match(old)
    const isPlainlyEmpty = /^\[\s*\]$/.test(toml.text.slice(entry.valueStart, entry.end))
    if (matches.length > 0 && !isPlainlyEmpty) return withInlineRows(toml, entry, old, matches)
    return withRows(reparsed(withoutRows(toml, path)), path, match, newline)
  }
  if (!child) {
    const rows = match([]).map(({ row }) => row)
    return rows.length === 0 ? toml.text : appended(toml.text, sectionsText(path, rows, newline), newline)
  }
  const ordered = reparsed(rowsInOrder(toml, path, match(old)), toml)
  const matches = match(valueAt(ordered.data, path) as Row[])
  const fewer = reparsed(rowsRemoved({ toml: ordered, newline }, path, matches), ordered)
  const left = valueAt(fewer.data, path)
  // Nothing stayed: what is wanted comes where an absent array would.
  if (!isTables(left)) return withRows(fewer, path, match, newline)
  return rowsAddedOrChanged({ toml: fewer, newline }, path, match(left))
}

const sectionsText = (path: readonly string[], rows: readonly Row[], newline: string): string =>
  rows.map((row) => formatSection(path, row, true, newline)).join(newline + newline)

function withInlineRows(
  { text }: Toml,
  entry: TomlEntry,
  old: readonly Row[],
  matches: readonly RowMatch[],
): string {
  if (old.length > 0) return replaced(text, entry, inlineTablesText(text, entry, old, matches))
  // Nothing but comments.
  const newline = newlineOf(text)
  const lines = matches.map(({ row }) => `    ${formatValue(row)},`)
  return replaced(
    text,
    entry,
    [text.slice(entry.valueStart, entry.end - 1).trimEnd(), ...lines, ']'].join(newline),
  )
}

const replaced = (text: string, { valueStart, end }: TomlEntry, value: string) =>
  text.slice(0, valueStart) + value + text.slice(end)

function withoutRows(toml: Toml, path: readonly string[]): string {
  const child = childAt(tableTree(toml), path)
  return child ? applyRemovals(toml.text, removeChild(toml, child)) : toml.text
}

/** At the end, below an empty line. */
function appended(text: string, block: string, newline: string): string {
  const body = text.trimEnd()
  if (body === '') return `${block}${newline}`
  const ending = text.slice(body.length).includes('\n') ? newline : ''
  return `${text.slice(0, lineEnd(text, body.length))}${newline}${newline}${block}${ending}`
}

/** A change that does anything but the one intended must not reach the disk. */
function firstThatHolds(path: readonly string[], expected: Row, ways: readonly (() => string)[]): string {
  let cause: unknown
  for (const way of ways) {
    try {
      const text = way()
      if (holds(text, expected)) return text
    } catch (error) {
      cause ??= error
    }
  }
  throw new Error(`${path.join('.')} cannot be written into this text`, { cause })
}

/** The quicker parser reads some dates otherwise and no large integers, so only its yes counts. */
function holds(text: string, expected: Row): boolean {
  return sameValue(quickValues(text), expected) || sameValue(readValues(text), expected)
}

function valueAt(data: Row, path: readonly string[]): unknown {
  let value: unknown = data
  for (const part of path) value = isTable(value) && Object.hasOwn(value, part) ? value[part] : undefined
  return value
}

/** The data with this value at the path; a list without rows is an absent one. */
function withValue(data: Row, path: readonly string[], value: unknown): Row {
  const copy: Row = Object.assign(Object.create(null), data)
  const [part, ...rest] = path
  if (part === undefined) throw new TypeError('a path has at least one part')
  const inner = Object.hasOwn(data, part) ? data[part] : undefined
  if (rest.length > 0) copy[part] = withValue(isTable(inner) ? inner : {}, rest, value)
  else if (Array.isArray(value) && value.length === 0) delete copy[part]
  else copy[part] = value
  return copy
}

/** The text parsed, unless it is that of `known`. */
function reparsed(text: string, known?: Toml): Toml {
  return known?.text === text ? known : parseToml(text, 'the changed text')
}
