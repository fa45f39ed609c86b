/** Reads one configuration file of another program: bounded, tolerant, never throwing, never quoting its content. */
import { readFileSync, type Stats, statSync } from 'node:fs'
import { diagnose } from './diagnostics.ts'
import { decodeText } from './frontmatter.ts'
import { parseJsonText } from './json-text.ts'
import { loadToml, loadYaml } from './parsers.ts'
import type { Diagnostic, ScanCounters } from './types.ts'

export type ConfigFormat = 'json' | 'toml' | 'yaml'

/** What `stat` said of a file; `stats` is null when there is none, `error` the reason when it cannot be looked at. */
export type FileState = { path: string; stats: Stats | null; error: string | null }

/** Nothing that a person configures is larger; beyond it a file is reported and left alone. In bytes. */
const maxBytes = { json: 16 * 1024 * 1024, toml: 4 * 1024 * 1024, yaml: 2 * 1024 * 1024 }

export const noCounters = (): ScanCounters => ({
  directories: 0,
  filesStatted: 0,
  filesRead: 0,
  bytesRead: 0,
})

/** Short reason of a failed file operation: its code, else its message. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)

/** Looks at a file, following links. A missing file is no error. */
export function lookAt(path: string, counters: ScanCounters): FileState {
  counters.filesStatted++
  try {
    return { path, stats: statSync(path, { throwIfNoEntry: false }) ?? null, error: null }
  } catch (error) {
    const reason = reasonOf(error)
    // A file where a folder was expected on the way: nothing is there
    return { path, stats: null, error: reason === 'ENOTDIR' ? null : reason }
  }
}

/** Part of a fingerprint: changes whenever the file does. */
export const signatureOf = (file: FileState): string =>
  file.stats
    ? `${file.path}\0${file.stats.size}:${file.stats.mtimeMs}:${file.stats.ino}`
    : `${file.path}\0${file.error ?? ''}`

export type ConfigText = { value: unknown; diagnostics: Diagnostic[] }

/** Reads and parses a file that `lookAt` found. `value` is undefined when it could not be read. */
export function readConfigFile(file: FileState, format: ConfigFormat, counters: ScanCounters): ConfigText {
  if (!file.stats) {
    return { value: undefined, diagnostics: file.error ? [diagnose('file.unreadable', file.error)] : [] }
  }
  // A pipe in the place of a settings file would block for ever
  if (!file.stats.isFile()) {
    return { value: undefined, diagnostics: [diagnose('file.unreadable', 'not a regular file')] }
  }
  if (file.stats.size > maxBytes[format]) {
    return { value: undefined, diagnostics: [diagnose('config.too_large', `${file.stats.size} bytes`)] }
  }
  let bytes: Buffer
  try {
    bytes = readFileSync(file.path)
  } catch (error) {
    return { value: undefined, diagnostics: [diagnose('file.unreadable', reasonOf(error))] }
  }
  counters.filesRead++
  counters.bytesRead += bytes.length
  if (bytes.length === 0) return { value: undefined, diagnostics: [diagnose('file.empty')] }
  const { text, encoding, diagnostics } = decodeText(bytes)
  if (encoding === 'binary') return { value: undefined, diagnostics }
  const parsed = parsers[format](text)
  if ('error' in parsed) {
    return { value: undefined, diagnostics: [...diagnostics, diagnose(invalid[format], parsed.error)] }
  }
  return { value: parsed.value, diagnostics }
}

const invalid = {
  json: 'config.invalid_json',
  toml: 'config.invalid_toml',
  yaml: 'config.invalid_yaml',
} as const

const parsers: Record<ConfigFormat, (text: string) => { value: unknown } | { error: string }> = {
  json: parseJsonText,
  toml: (text) => guarded(() => loadToml().parse(text.replace(/^\uFEFF/, ''))),
  yaml: (text) => guarded(() => loadYaml().parse(text.replace(/^\uFEFF/, ''), { logLevel: 'error' })),
}

/** Both libraries quote the text in their message; only where it went wrong may be kept. */
function guarded(parse: () => unknown): { value: unknown } | { error: string } {
  try {
    return { value: parse() }
  } catch (error) {
    const { line, column, linePos } = error as {
      line?: number
      column?: number
      linePos?: Array<{ line: number; col: number }>
    }
    const at = linePos?.[0] ? [linePos[0].line, linePos[0].col] : [line, column]
    return { error: at[0] ? `line ${at[0]}, column ${at[1] ?? 1}` : 'cannot be parsed' }
  }
}
