/** The spelling of values that are written anew. */
import { isTable } from './value.ts'

/** A table as plain values: string, number, boolean, Date, bigint, lists, tables. Nothing else can be written. */
export type Row = { [key: string]: unknown }

/** A key as it stands before `=` or in a header: bare where that is legal. */
export function formatKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : formatText(key)
}

/** Keys with dots between. */
export const formatPath = (path: readonly string[]): string => path.map(formatKey).join('.')

/** A value on one line; tables become `{ … }`. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return formatText(value)
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  if (!isTable(value)) throw new TypeError(`TOML has no ${value === null ? 'null' : typeof value}`)
  const pairs = Object.entries(value).map(([key, child]) => `${formatKey(key)} = ${formatValue(child)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

/** One pair on a line; a list of texts that makes it too long has a line for each. */
export function formatPair(key: string, value: unknown, newline: string): string {
  const line = `${key} = ${formatValue(value)}`
  if (line.length <= 100 || !Array.isArray(value) || value.length === 0) return line
  return [`${key} = [`, ...value.map((item) => `    ${formatValue(item)},`), ']'].join(newline)
}

/** The table with its header, and below it the tables inside. */
export function formatSection(
  path: readonly string[],
  table: Row,
  isElement: boolean,
  newline: string,
): string {
  const header = isElement ? `[[${formatPath(path)}]]` : `[${formatPath(path)}]`
  const lines = [header]
  const below: string[] = []
  for (const [key, value] of Object.entries(table)) {
    const inner = [...path, key]
    if (isTable(value)) below.push(formatSection(inner, value, false, newline))
    else if (isTables(value))
      for (const element of value) below.push(formatSection(inner, element, true, newline))
    else lines.push(formatPair(formatKey(key), value, newline))
  }
  // A header that says nothing is left out, as the writers of these files do.
  const own = lines.length === 1 && below.length > 0 && !isElement ? [] : [lines.join(newline)]
  return [...own, ...below].join(newline + newline)
}

/** A list of at least one table and of nothing else, which can be written as `[[…]]`. */
export function isTables(value: unknown): value is Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable)
}

/** As JSON, with DEL escaped, which TOML does not want to see; half a pair of surrogates cannot be written at all. */
function formatText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f')
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0.0' : String(value)
}
