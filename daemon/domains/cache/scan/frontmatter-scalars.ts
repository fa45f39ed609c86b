/** Values of the plain YAML subset that stand on one line (see frontmatter-fast.ts). */

/** Not certainly plain; the YAML parser has to look. */
export const unsure = Symbol('unsure')
export type Unsure = typeof unsure

/** `text`: taken as written. `reported`: the same, but a number or boolean is left to the reader that reports it. */
export type ValueKind = 'value' | 'text' | 'reported'

export const isLetter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)

/** The line from an index on, without spaces at both ends. */
export function trimSpaces(line: string, from: number): string {
  let start = from
  let end = line.length
  while (line.charCodeAt(start) === 0x20) start++
  while (end > start && line.charCodeAt(end - 1) === 0x20) end--
  return line.slice(start, end)
}

/** Whether a line can only be a plain scalar, by its first character and by what it does not hold. */
export function isPlain(text: string): boolean {
  const code = text.charCodeAt(0)
  const next = text.charCodeAt(1)
  const starts =
    isLetter(code) ||
    (code >= 0x30 && code <= 0x39) ||
    code >= 0xa1 ||
    code === 0x28 || // (
    code === 0x2f || // /
    code === 0x24 || // $
    code === 0x3c || // <
    code === 0x5f || // _
    (code === 0x2e && next === 0x2f) || // ./
    (code === 0x2d && next === 0x2d) // --
  return starts && isPlainInside(text)
}

export const isPlainInside = (text: string): boolean =>
  !text.includes(': ') && !text.includes(' #') && text.charCodeAt(text.length - 1) !== 0x3a

/** Words that YAML 1.1 may not read as text, in all their spellings. */
const words: ReadonlySet<string> = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'null'])

/** Wider than all numbers of YAML 1.1: what does not match is text. */
const numberLike = /^(?:[\d_.:]+(?:[eE].*)?|0[xXbBoO].*)$/

/** Versions such as `1.2.3`. */
const dotted = /^\d+\.\d+\.\d+$/

/** What a plain scalar means. */
export function plainValue(text: string, kind: ValueKind): unknown {
  const code = text.charCodeAt(0)
  if (code >= 0x30 && code <= 0x39) {
    if (kind === 'text' || !numberLike.test(text) || dotted.test(text)) return text
    return kind === 'value' && /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : unsure
  }
  if (text.length > 5 || !words.has(text.toLowerCase())) return text
  if (kind === 'value' && text === 'true') return true
  if (kind === 'value' && text === 'false') return false
  return unsure
}

/** `"…"` that ends with the line, with the escapes people use. */
export function readDoubleQuoted(text: string): string | Unsure {
  const inner = text.slice(1, -1)
  if (text.length < 2 || text.charCodeAt(text.length - 1) !== 0x22) return unsure
  if (!inner.includes('\\')) return inner.includes('"') ? unsure : inner
  return unescaped(inner)
}

const escapes: Record<string, string> = { n: '\n', t: '\t', '"': '"', '\\': '\\' }

function unescaped(inner: string): string | Unsure {
  let out = ''
  let from = 0
  for (let at = inner.indexOf('\\'); at >= 0; at = inner.indexOf('\\', from)) {
    const char = escapes[inner.charAt(at + 1)]
    if (char === undefined) return unsure
    out += inner.slice(from, at) + char
    if (hasQuote(inner, from, at)) return unsure
    from = at + 2
  }
  return hasQuote(inner, from, inner.length) ? unsure : out + inner.slice(from)
}

function hasQuote(text: string, from: number, to: number): boolean {
  const at = text.indexOf('"', from)
  return at >= 0 && at < to
}

/** `'…'` that ends with the line; a quote inside is doubled. */
export function readSingleQuoted(text: string): string | Unsure {
  if (text.length < 2 || text.charCodeAt(text.length - 1) !== 0x27) return unsure
  const inner = text.slice(1, -1)
  if (!inner.includes("'")) return inner
  const plain = inner.replaceAll("''", '')
  return plain.includes("'") ? unsure : inner.replaceAll("''", "'")
}

/** `[a, "b", 'c']` on one line, without nesting. */
export function readFlowList(text: string): unknown[] | Unsure {
  if (text.charCodeAt(text.length - 1) !== 0x5d) return unsure
  const inner = trimSpaces(text.slice(1, -1), 0)
  if (inner === '') return []
  const items: unknown[] = []
  for (let from = 0; from <= inner.length; ) {
    while (inner.charCodeAt(from) === 0x20) from++
    const quote = inner.charAt(from)
    const quoted = quote === '"' || quote === "'"
    const end = quoted ? inner.indexOf(quote, from + 1) + 1 : commaFrom(inner, from)
    if (quoted && end === 0) return unsure
    const item = readFlowItem(trimSpaces(inner.slice(from, end), 0), quoted)
    if (item === unsure) return unsure
    items.push(item)
    const comma = commaFrom(inner, end)
    if (trimSpaces(inner.slice(end, comma), 0) !== '') return unsure
    from = comma + 1
  }
  return items
}

function commaFrom(text: string, from: number): number {
  const at = text.indexOf(',', from)
  return at < 0 ? text.length : at
}

function readFlowItem(item: string, quoted: boolean): unknown {
  if (quoted) return item.startsWith('"') ? readDoubleQuoted(item) : readSingleQuoted(item)
  return /[[\]{}]/.test(item) || !isPlain(item) ? unsure : plainValue(item, 'value')
}
