/** Reads TOML and tells where in the text every key and table stands; the library's parser gives values or places, not both. */
import { parse, parseDocument } from '@decimalturn/toml-patch'
import { parse as parseAgain } from 'smol-toml'
import { SmdError } from '../../../protocol/errors.ts'
import type { Toml, TomlElement, TomlEntry, TomlSection } from './toml-places.ts'
import { isTable } from './value.ts'

/** What is used of the library's syntax tree (`TomlDocument.cst`); lines count from 1, columns from 0. */
type Place = { line: number; column: number }
type Node = { type: string; loc: { start: Place; end: Place } }
type KeyNode = Node & { value: string[] }
type PairNode = Node & { key: KeyNode; value: ValueNode }
type ValueNode = Node & { items?: { item: PairNode & ValueNode }[] }
type TableNode = Node & { key: Node & { item: KeyNode }; items: Node[] }

/** Parses the text of `file`, without byte order mark. Errors: config.syntax with line and column. */
export function parseToml(text: string, file: string): Toml {
  try {
    // `parse` gives objects without prototype, which a document cannot pollute; the tree comes from the other call.
    const data = readValues(text)
    let sections: TomlSection[] | null = null
    const toml: Toml = {
      text,
      data,
      // Half of the work, which only who changes the text needs.
      get sections() {
        sections ??= readSections(text, parseDocument(text).cst as unknown as Node[])
        return sections
      },
    }
    if (holdsDate(data)) refuseKeysInValues(text, toml.sections, file)
    return toml
  } catch (error) {
    throw stumbledAt(error, text, file) ?? syntaxError(error, file)
  }
}

const holdsDate = (value: unknown): boolean =>
  value instanceof Date ||
  (Array.isArray(value) || isTable(value) ? Object.values(value).some(holdsDate) : false)

/**
 * The values of a text. The library (3.3.0) takes tables of one element of an array for those of the next: it refuses
 * `[r.m]` below a `[[r]]` when the `[[r]]` before has `m = { … }`. What it says there is said by the other parser, too, if
 * it is true. Errors: those of the parsers.
 */
export function readValues(text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    if (
      !(error instanceof Error) ||
      !/Cannot extend|Cannot traverse|already defined|Duplicate key/.test(error.message)
    )
      throw error
    try {
      return withoutPrototypes(parseAgain(text)) as Record<string, unknown>
    } catch {
      throw error
    }
  }
}

/** The values by the other parser, which takes half the time; null where it refuses them. Dates may differ. */
export function quickValues(text: string): Record<string, unknown> | null {
  try {
    return parseAgain(text)
  } catch {
    return null
  }
}

/** Objects as the library makes them, which a document cannot pollute. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  if (!isTable(value)) return value
  const copy = Object.entries(value).map(([key, child]) => [key, withoutPrototypes(child)] as const)
  return Object.assign(Object.create(null), Object.fromEntries(copy))
}

/**
 * The library (3.3.0) stumbles over some texts, such as `-.`, instead of refusing them. The first line with which it does
 * is the one to name.
 */
function stumbledAt(error: unknown, text: string, file: string): SmdError | null {
  if (!(error instanceof TypeError)) return null
  const lines = text.split('\n')
  const line = lines.findIndex((_, index) => {
    try {
      parse(lines.slice(0, index + 1).join('\n'))
      return false
    } catch (sooner) {
      return sooner instanceof TypeError
    }
  })
  if (line < 0) return null
  const details = { file, line: line + 1, column: 1, reason: 'the line cannot be read' }
  return new SmdError('config.syntax', details, { cause: error })
}

/** Decodes a file's bytes. Errors: config.syntax with the first line that is not UTF-8. */
export function decodeToml(bytes: Uint8Array, file: string): { text: string; bom: string } {
  const decode = (part: Uint8Array) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part)
  try {
    const text = decode(bytes)
    return text.startsWith('\uFEFF') ? { text: text.slice(1), bom: '\uFEFF' } : { text, bom: '' }
  } catch (cause) {
    let line = 1
    for (let start = 0; start < bytes.length; line++) {
      const newline = bytes.indexOf(10, start)
      const end = newline < 0 ? bytes.length : newline + 1
      try {
        decode(bytes.subarray(start, end))
      } catch {
        break
      }
      start = end
    }
    throw new SmdError('config.syntax', { file, line, column: 1, reason: 'the line is not UTF-8' }, { cause })
  }
}

function readSections(text: string, blocks: Node[]): TomlSection[] {
  const lineStarts = [0]
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    lineStarts.push(index + 1)
  const offset = (place: Place) => (lineStarts[place.line - 1] ?? 0) + place.column

  const readEntry = (pair: PairNode, parent: readonly string[], siblings: TomlEntry[] | null): TomlEntry => {
    const path = [...parent, ...pair.key.value]
    const items: TomlEntry[] | null = pair.value.type === 'InlineTable' ? [] : null
    for (const { item } of items ? (pair.value.items ?? []) : []) items?.push(readEntry(item, path, items))
    const elements = pair.value.type === 'InlineArray' ? readElements(pair.value, path) : null
    return {
      path,
      start: offset(pair.loc.start),
      end: offset(pair.loc.end),
      valueStart: offset(pair.value.loc.start),
      valueKind: pair.value.type,
      siblings,
      items,
      elements,
    }
  }
  const readElements = (list: ValueNode, path: readonly string[]): TomlElement[] | null => {
    const tables = (list.items ?? []).map(({ item }) => item)
    if (!tables.every(({ type }) => type === 'InlineTable')) return null
    return tables.map((table) => {
      const items: TomlEntry[] = []
      for (const { item } of table.items ?? []) items.push(readEntry(item, path, items))
      return { start: offset(table.loc.start), end: offset(table.loc.end), items }
    })
  }
  const readEntries = (nodes: Node[], parent: readonly string[]) =>
    nodes.filter((node) => node.type === 'KeyValue').map((node) => readEntry(node as PairNode, parent, null))

  const tables = blocks.filter(
    (block) => block.type === 'Table' || block.type === 'TableArray',
  ) as TableNode[]
  const root: TomlSection = {
    path: [],
    repeated: false,
    isElement: false,
    start: 0,
    headerEnd: 0,
    hasComments: blocks.some((block) => block.type === 'Comment'),
    entries: readEntries(blocks, []),
  }
  const repeatedPaths = tables
    .filter((table) => table.type === 'TableArray')
    .map((table) => table.key.item.value)
  return [
    root,
    ...tables.map((table) => {
      const path = table.key.item.value
      return {
        path,
        repeated: repeatedPaths.some((other) => other.every((part, index) => path[index] === part)),
        isElement: table.type === 'TableArray',
        start: offset(table.loc.start),
        headerEnd: offset(table.key.loc.end),
        hasComments: table.items.some((item) => item.type === 'Comment'),
        entries: readEntries(table.items, path),
      }
    }),
  ]
}

/**
 * The library puts a key below a date into the Date object instead of refusing it. In order of the text, because in an
 * array of tables the next element may hold a table where the former one holds a date.
 */
function refuseKeysInValues(text: string, sections: readonly TomlSection[], file: string): void {
  let dates: (readonly string[])[] = []
  const check = ({ path, start }: { path: readonly string[]; start: number }): void => {
    const date = dates.find((each) => isWithin(path, each))
    if (!date) return
    const [line, column] = [
      text.slice(0, start).split('\n').length,
      start - text.lastIndexOf('\n', start - 1),
    ]
    throw new SmdError('config.syntax', {
      file,
      line,
      column,
      reason: `${date.join('.')} is a date, not a table`,
    })
  }
  for (const section of sections) {
    check(section)
    if (section.repeated) dates = dates.filter((date) => !isWithin(date, section.path))
    for (const entry of section.entries) {
      check(entry)
      if (entry.valueKind === 'DateTime') dates.push(entry.path)
    }
  }
}

const isWithin = (path: readonly string[], outer: readonly string[]): boolean =>
  outer.every((part, index) => path[index] === part)

/** The library's message is a title, the line, a caret and the reason; only the reason is new to the reader. */
function syntaxError(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error
  const { line, column } = error as Error & { line?: number; column?: number }
  if (typeof line === 'number' && typeof column === 'number') {
    const reason = (error.message.trimEnd().split('\n').at(-1) ?? '').replace(/\.$/, '')
    return new SmdError('config.syntax', { file, line, column: column + 1, reason }, { cause: error })
  }
  if (error instanceof RangeError) {
    return new SmdError(
      'config.syntax',
      { file, line: 1, column: 1, reason: 'nested too deeply' },
      { cause: error },
    )
  }
  return error
}
