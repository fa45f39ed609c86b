/**
 * The lenient reader of frontmatter (formats spec section 10, ecosystem spec 1.2): never throws, tells what it met.
 *
 * Four readers stand behind each other, each slower and more forgiving: a reader of the plain subset nearly all files
 * use (frontmatter-fast.ts), the `yaml` package, the same after quoting suspicious values, and one `key: rest` per line.
 */
import { isUtf8 } from 'node:buffer'
import { diagnose } from './diagnostics.ts'
import { readPlainYaml } from './frontmatter-fast.ts'
import { obviousError, quoteSuspiciousValues, readLines } from './frontmatter-repair.ts'
import { failedYaml, readYaml, type YamlResult } from './frontmatter-yaml.ts'
import type { Diagnostic } from './types.ts'

/** A file's text as far as it is one. */
export type DecodedText = {
  text: string
  encoding: 'utf-8' | 'latin1' | 'binary'
  diagnostics: Diagnostic[]
}

/** What stands at the top of a markdown file, and where the rest begins. */
export type Frontmatter = {
  /**
   * JSON-safe values by key, dates as written. `name`, `description`, `title`, `author`, `license`, `version` and
   * `model` keep the text of a number or boolean, so that `1.10` stays `1.10`.
   */
  data: Record<string, unknown>
  body: string
  /** Where `body` begins in the text given, in UTF-16 units. */
  bodyOffset: number
  diagnostics: Diagnostic[]
  /** False without a block, with an unclosed or an empty one. */
  present: boolean
}

/** Keys whose value is text by meaning (formats spec section 10, first row). */
const textKeys: ReadonlySet<string> = new Set([
  'name',
  'description',
  'title',
  'author',
  'license',
  'version',
  'model',
])

/** A block beyond this is not worth a YAML parser's time; it is read line by line. In UTF-16 units. */
const maxYamlLength = 65_536

/** Bytes of a file as text: UTF-8, else latin-1 with `file.not_utf8`; with a NUL byte no text at all and `file.binary`. */
export function decodeText(bytes: Buffer): DecodedText {
  if (bytes.includes(0)) return { text: '', encoding: 'binary', diagnostics: [diagnose('file.binary')] }
  if (isUtf8(bytes)) return { text: bytes.toString('utf8'), encoding: 'utf-8', diagnostics: [] }
  return {
    text: bytes.toString('latin1'),
    encoding: 'latin1',
    diagnostics: [diagnose('file.not_utf8', 'latin1')],
  }
}

/** Reads the frontmatter of a markdown text. Bad input costs data, never an exception. */
export function parseFrontmatter(text: string): Frontmatter {
  const diagnostics: Diagnostic[] = []
  const open = findOpening(text, diagnostics)
  if (open < 0) {
    diagnostics.push(diagnose('frontmatter.missing'))
    return without(text, text.charCodeAt(0) === 0xfeff ? 1 : 0, diagnostics)
  }
  const close = findClosing(text, open)
  if (!close) {
    diagnostics.push(diagnose('frontmatter.unclosed'))
    return without(text, text.charCodeAt(0) === 0xfeff ? 1 : 0, diagnostics)
  }
  if (close.start <= open) {
    diagnostics.push(diagnose('frontmatter.empty'))
    return without(text, close.end, diagnostics)
  }
  let block = text.slice(open, close.start)
  if (block.includes('\r')) {
    block = block.replaceAll('\r\n', '\n')
    if (block.endsWith('\r')) block = block.slice(0, -1)
    diagnostics.push(diagnose('frontmatter.crlf'))
  }
  const data = readPlainYaml(block, textKeys) ?? readHard(block, diagnostics)
  return { data, body: text.slice(close.end), bodyOffset: close.end, diagnostics, present: true }
}

const without = (text: string, bodyOffset: number, diagnostics: Diagnostic[]): Frontmatter => ({
  data: {},
  body: bodyOffset === 0 ? text : text.slice(bodyOffset),
  bodyOffset,
  diagnostics,
  present: false,
})

/** Index after the opening line, or -1. White space and a byte order mark may precede it. */
function findOpening(text: string, diagnostics: Diagnostic[]): number {
  let at = 0
  if (!text.startsWith('---')) {
    at = text.search(/[^\s\uFEFF]/)
    if (at < 0 || !text.startsWith('---', at)) return -1
    const skipped = text.slice(0, at)
    if (skipped.includes('\uFEFF')) diagnostics.push(diagnose('frontmatter.bom'))
    if (skipped.trim() !== skipped.replaceAll('\uFEFF', ''))
      diagnostics.push(diagnose('frontmatter.leading_space'))
  }
  return lineEnd(text, at + 3)
}

/** The first line of nothing but `---`: where the block before it ends, and where the body begins. */
function findClosing(text: string, open: number): { start: number; end: number } | null {
  if (text.startsWith('---', open)) {
    const end = lineEnd(text, open + 3)
    if (end >= 0) return { start: open, end }
  }
  for (let at = text.indexOf('\n---', open); at >= 0; at = text.indexOf('\n---', at + 1)) {
    const end = lineEnd(text, at + 4)
    if (end >= 0) return { start: at, end }
  }
  return null
}

/** Where the next line begins when only blanks stand before it (the end of the text counts as one), else -1. */
function lineEnd(text: string, from: number): number {
  for (let at = from; ; at++) {
    if (at >= text.length) return text.length
    const code = text.charCodeAt(at)
    if (code === 0x0a) return at + 1
    if (code === 0x0d && text.charCodeAt(at + 1) === 0x0a) return at + 2
    if (code !== 0x20 && code !== 0x09) return -1
  }
}

/** Everything the plain subset does not cover; says in the diagnostics what it took. */
function readHard(block: string, diagnostics: Diagnostic[]): Record<string, unknown> {
  if (block.length > maxYamlLength) {
    diagnostics.push(diagnose('frontmatter.yaml_invalid', `longer than ${maxYamlLength} characters`))
    return readLines(block)
  }
  const obvious = obviousError(block)
  const first = obvious === null ? readYaml(block, textKeys) : failedYaml(obvious)
  if (first.error === null) {
    diagnostics.push(...first.diagnostics)
    return first.data
  }
  const repaired = quoteSuspiciousValues(block)
  const plain = readPlainYaml(repaired, textKeys)
  const second = plain ? mappingOf(plain) : readYaml(repaired, textKeys)
  if (second.error === null && second.isMapping) {
    diagnostics.push(diagnose('frontmatter.yaml_repaired', first.error), ...second.diagnostics)
    return second.data
  }
  diagnostics.push(diagnose('frontmatter.yaml_invalid', first.error))
  return readLines(block)
}

const mappingOf = (data: Record<string, unknown>): YamlResult => ({
  data,
  isMapping: true,
  diagnostics: [],
  error: null,
})
