/**
 * A reader of the part of YAML that nearly all frontmatter keeps to: mappings and lists by indentation, values on one
 * line or folded plainly, block scalars, flat flow lists. It gives what the `yaml` package gives, about fifty times
 * faster, or nothing at all: whatever is not certainly plain is left to the package.
 */

import {
  isLetter,
  isPlain,
  isPlainInside,
  plainValue,
  readDoubleQuoted,
  readFlowList,
  readSingleQuoted,
  trimSpaces,
  type Unsure,
  unsure,
  type ValueKind,
} from './frontmatter-scalars.ts'

type Lines = { lines: string[]; at: number }

/**
 * The mapping in `block` (LF line ends), or null when unsure.
 * `textKeys`: top-level keys whose unquoted value is text even where it looks like a number.
 */
export function readPlainYaml(block: string, textKeys: ReadonlySet<string>): Record<string, unknown> | null {
  if (block.includes('\t') || block.includes('\r') || block.includes('\uFEFF')) return null
  const input: Lines = { lines: block.split('\n'), at: 0 }
  if (!skipBlank(input)) return null
  const data = readMap(input, 0, textKeys)
  return data === unsure || input.at < input.lines.length ? null : data
}

/** Moves to the next line with content; false at the end. */
function skipBlank(input: Lines): boolean {
  for (; input.at < input.lines.length; input.at++) {
    const line = input.lines[input.at] as string
    const indent = indentOf(line)
    if (indent < line.length && line.charCodeAt(indent) !== 0x23) return true
  }
  return false
}

function indentOf(line: string): number {
  let at = 0
  while (line.charCodeAt(at) === 0x20) at++
  return at
}

/** Lines `key: value` at exactly this indentation; stops before a lesser one. */
function readMap(
  input: Lines,
  indent: number,
  textKeys: ReadonlySet<string> | null,
): Record<string, unknown> | Unsure {
  const data: Record<string, unknown> = {}
  while (skipBlank(input)) {
    const line = input.lines[input.at] as string
    const own = indentOf(line)
    if (own < indent) break
    if (own > indent) return unsure
    const colon = keyEnd(line, own)
    if (colon < 0) return unsure
    const key = line.slice(own, colon)
    if (Object.hasOwn(data, key)) return unsure
    const rest = trimSpaces(line, colon + 1)
    input.at++
    const value =
      rest === '' ? readNested(input, indent) : readValue(input, rest, indent, kindOf(key, textKeys))
    if (value === unsure) return unsure
    data[key] = value
  }
  return data
}

const kindOf = (key: string, textKeys: ReadonlySet<string> | null): ValueKind =>
  !textKeys?.has(key) ? 'value' : key === 'name' || key === 'description' ? 'reported' : 'text'

/** Index of the colon after a plain key that is a letter followed by letters, digits, `_` or `-`; else -1. */
function keyEnd(line: string, from: number): number {
  let at = from
  for (; ; at++) {
    const code = line.charCodeAt(at)
    if (isLetter(code)) continue
    if (at > from && ((code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d)) continue
    break
  }
  if (at === from || line.charCodeAt(at) !== 0x3a) return -1
  return at + 1 === line.length || line.charCodeAt(at + 1) === 0x20 ? at : -1
}

/** What follows a key without a value of its own: a list, a deeper mapping, or nothing (null). */
function readNested(input: Lines, parent: number): unknown {
  if (!skipBlank(input)) return null
  const line = input.lines[input.at] as string
  const indent = indentOf(line)
  const isItem = line.charCodeAt(indent) === 0x2d && line.charCodeAt(indent + 1) === 0x20
  if (isItem && indent >= parent) return readList(input, indent)
  if (indent > parent) return readMap(input, indent, null)
  return null
}

/** Lines `- value` at exactly this indentation. */
function readList(input: Lines, indent: number): unknown[] | Unsure {
  const items: unknown[] = []
  while (skipBlank(input)) {
    const line = input.lines[input.at] as string
    const own = indentOf(line)
    const isItem = line.charCodeAt(own) === 0x2d && line.charCodeAt(own + 1) === 0x20
    if (own < indent || (own === indent && !isItem)) break
    if (own > indent) return unsure
    input.at++
    const item = readValue(input, trimSpaces(line, own + 1), indent, 'value')
    if (item === unsure) return unsure
    items.push(item)
  }
  return items
}

/** A value that begins on the key's own line; `rest` is trimmed and `input` stands on the line after. */
function readValue(input: Lines, rest: string, indent: number, kind: ValueKind): unknown {
  switch (rest.charCodeAt(0)) {
    case 0x22:
      return readDoubleQuoted(rest)
    case 0x27:
      return readSingleQuoted(rest)
    case 0x5b:
      return readFlowList(rest)
    case 0x7c:
    case 0x3e:
      return readBlockScalar(input, rest, indent)
  }
  if (!isPlain(rest)) return unsure
  const folded = foldPlain(input, rest, indent)
  if (folded === unsure || folded !== rest) return folded
  return plainValue(rest, kind)
}

/** Appends deeper lines to a plain scalar, one space between them. A blank line among them is left to the parser. */
function foldPlain(input: Lines, first: string, indent: number): string | Unsure {
  let text = first
  for (; input.at < input.lines.length; input.at++) {
    const line = input.lines[input.at] as string
    const own = indentOf(line)
    if (own === line.length) {
      const next = input.at
      const more = skipBlank(input)
      if (more && indentOf(input.lines[input.at] as string) > indent) return unsure
      input.at = next
      break
    }
    if (own <= indent) break
    const more = trimSpaces(line, own)
    if (more.charCodeAt(0) === 0x23 || !isPlainInside(more)) return unsure
    text += ` ${more}`
  }
  return text
}

/** `|` and `>`, also with `-`; lines deeper than the first are left to the parser. */
function readBlockScalar(input: Lines, header: string, parent: number): string | Unsure {
  if (!/^[|>]-?$/.test(header)) return unsure
  const first = input.lines[input.at]
  if (first === undefined) return unsure
  const indent = indentOf(first)
  if (indent <= parent || indent === first.length) return unsure
  const content: string[] = []
  for (; input.at < input.lines.length; input.at++) {
    const line = input.lines[input.at] as string
    const own = indentOf(line)
    if (own === line.length) {
      if (own > indent) return unsure
      content.push('')
    } else if (own < indent) {
      if (own > parent) return unsure
      break
    } else if (own > indent) return unsure
    else content.push(line.slice(indent))
  }
  while (content.at(-1) === '') content.pop()
  const text = header.charCodeAt(0) === 0x7c ? content.join('\n') : fold(content)
  return header.length === 1 ? `${text}\n` : text
}

/** Single line breaks become spaces, n blank lines n line breaks. */
function fold(lines: string[]): string {
  let text = lines[0] ?? ''
  let blank = 0
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] as string
    if (line === '') blank++
    else {
      text += (blank === 0 ? ' ' : '\n'.repeat(blank)) + line
      blank = 0
    }
  }
  return text
}
