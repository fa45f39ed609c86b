/**
 * Changes one key of a TOML text and nothing else, byte for byte.
 *
 * The library's own `patch` also trims lines and aligns comments elsewhere in the document, so it is used only inside
 * the value of a list, where it keeps the comments of the items.
 */
import { isDeepStrictEqual } from 'node:util'
import { parse, patch, stringify } from '@decimalturn/toml-patch'
import { parseToml } from './toml.ts'
import { allEntries, type Toml, type TomlEntry, type TomlSection } from './toml-places.ts'
import { isTable } from './value.ts'

type Scalar = string | number | boolean
export type TomlValue = Scalar | readonly Scalar[]

/**
 * The text with `path`, a table and a key, set to `value`: in place when the key exists, else after the last key of its
 * table, else in a new table at the end. The table must not exist as another kind of value; a path of one part must
 * exist.
 */
export function setInToml(toml: Toml, path: readonly string[], value: TomlValue): string {
  const changed = setText(toml, path, value)
  const data = structuredCopy(toml.data)
  let table = data
  for (const part of path.slice(0, -1)) {
    table[part] ??= Object.create(null)
    table = table[part] as Record<string, unknown>
  }
  table[path.at(-1) as string] = value
  return verified(changed, data)
}

/** The text without the key, and without its table when that is then empty, uncommented and last. */
export function unsetInToml(toml: Toml, path: readonly string[]): string {
  const entry = findEntry(toml, path)
  if (!entry) return toml.text
  const changed = entry.siblings ? removeInline(toml.text, entry, entry.siblings) : removeLines(toml, entry)
  const data = structuredCopy(toml.data)
  let table = data
  for (const part of path.slice(0, -1)) table = table[part] as Record<string, unknown>
  delete table[path.at(-1) as string]
  return verified(changed, data)
}

/** The pair with exactly this path, outside `[[…]]`. */
export function findEntry(toml: Toml, path: readonly string[]): TomlEntry | null {
  for (const section of toml.sections) {
    if (section.repeated) continue
    for (const entry of allEntries(section.entries)) if (isDeepStrictEqual(entry.path, path)) return entry
  }
  return null
}

function setText(toml: Toml, path: readonly string[], value: TomlValue): string {
  const { text } = toml
  const entry = findEntry(toml, path)
  if (entry) {
    const before = text.slice(entry.valueStart, entry.end)
    return splice(text, entry.valueStart, entry.end, replacement(before, entry.valueKind, value))
  }

  const [table, key] = path
  if (path.length !== 2) throw new Error(`no place for ${path.join('.')}`)
  const pair = `${key} = ${format(value)}`
  const inline = findEntry(toml, path.slice(0, 1))
  if (inline?.items) {
    const first = inline.items[0]
    const at = first ? first.start : inline.valueStart + 1
    return splice(text, at, at, first ? `${pair}, ` : pair)
  }
  const section = toml.sections.find(
    (other) => !other.repeated && isDeepStrictEqual(other.path, path.slice(0, 1)),
  )
  if (section) return insertLine(text, section, section.entries.at(-1), pair)
  // `cache.enabled = true` before the first header: the table cannot be opened again, so the key is dotted as well.
  const root = toml.sections[0]
  const dotted = root?.entries.filter((other) => other.path[0] === table && other.path.length > 1).at(-1)
  if (root && dotted) return insertLine(text, root, dotted, `${table}.${pair}`)

  const newline = newlineOf(text)
  const ending = text === '' || text.endsWith('\n') ? newline : ''
  const gap = text === '' ? '' : text.endsWith('\n') ? newline : newline + newline
  return `${text}${gap}[${table}]${newline}${pair}${ending}`
}

/** A new line below `previous`, indented like it, or below the header. */
function insertLine(
  text: string,
  section: TomlSection,
  previous: TomlEntry | undefined,
  pair: string,
): string {
  const at = lineEnd(text, previous?.end ?? section.headerEnd)
  const indent = previous ? /^[ \t]*/.exec(text.slice(lineStart(text, previous.start)))?.[0] : ''
  return splice(text, at, at, `${newlineOf(text)}${indent}${pair}`)
}

function removeLines(toml: Toml, entry: TomlEntry): string {
  const { text } = toml
  let start = lineStart(text, entry.start)
  let end = lineEnd(text, entry.end)
  const last = toml.sections.at(-1) as TomlSection
  const header = text.slice(lineStart(text, last.start), lineEnd(text, last.headerEnd))
  const alone = last.entries.length === 1 && last.entries[0] === entry && !last.hasComments
  if (alone && header === `[${last.path.join('.')}]` && end + newlineOf(text).length >= text.length) {
    // As `setText` writes it: at the very beginning, or below one empty line, which goes too.
    const above = /(^|\n)\r?\n$/.exec(text.slice(0, last.start))
    if (last.start === 0) start = 0
    else if (above) start = above.index + (above[1]?.length ?? 0)
  }
  if (end < text.length) end += text.startsWith('\r\n', end) ? 2 : 1
  else if (start > 0) start -= text.startsWith('\r\n', start - 2) ? 2 : 1
  return splice(text, start, end, '')
}

function removeInline(text: string, entry: TomlEntry, siblings: readonly TomlEntry[]): string {
  const index = siblings.indexOf(entry)
  const next = siblings[index + 1]
  if (next) return splice(text, entry.start, next.start, '')
  const previous = siblings[index - 1]
  if (previous) return splice(text, previous.end, entry.end, '')
  const comma = /^\s*,/.exec(text.slice(entry.end))?.[0].length ?? 0
  return splice(text, entry.start, entry.end + comma, '')
}

/** The text of a value that takes the place of `before`; of a list the comments of its items stay. */
export function replacement(before: string, kind: string, value: TomlValue): string {
  if (kind !== 'InlineArray' || !isList(value)) return format(value)
  const prefix = 'v = '
  const patched = patch(`${prefix}${before}`, { v: value })
  return holds(patched, value) ? patched.slice(prefix.length) : format(value)
}

/** The library (3.3.0) sometimes loses an item between comments; the plain list is then the better answer. */
function holds(patched: string, value: readonly Scalar[]): boolean {
  try {
    return isDeepStrictEqual(parse(patched).v, [...value])
  } catch {
    return false
  }
}

function format(value: TomlValue): string {
  const prefix = 'v = '
  return stringify({ v: value }, { bracketSpacing: false }).slice(prefix.length).trimEnd()
}

/** A change that does anything but the one intended is a bug of this file, and must not reach the disk. */
function verified(changed: string, expected: Record<string, unknown>): string {
  const found = pruned(parseToml(changed, 'the changed text').data)
  if (!isDeepStrictEqual(found, pruned(expected))) throw new Error('the edit changed more than its key')
  return changed
}

/** Without tables that are empty, so that an emptied table equals an absent one. */
function pruned(value: unknown): unknown {
  if (!isTable(value)) return value
  const entries = Object.entries(value).map(([key, child]) => [key, pruned(child)] as const)
  return Object.fromEntries(
    entries.filter(([, child]) => !(isTable(child) && Object.keys(child).length === 0)),
  )
}

function structuredCopy(table: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, child] of Object.entries(table)) copy[key] = isTable(child) ? structuredCopy(child) : child
  return copy
}

const isList = (value: TomlValue): value is readonly Scalar[] => Array.isArray(value)
const splice = (text: string, start: number, end: number, insert: string) =>
  text.slice(0, start) + insert + text.slice(end)
export const lineStart = (text: string, at: number) => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)
export const newlineOf = (text: string) => (/\r?\n/.exec(text)?.[0] ?? '\n') as '\n' | '\r\n'

/** Offset of the line break that ends the line, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  if (newline < 0) return text.length
  return text[newline - 1] === '\r' && newline > at ? newline - 1 : newline
}
