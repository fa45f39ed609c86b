/** The part of a configuration file that is a hook or a server, without its secrets. */
import { extname } from 'node:path'
import { hidden, namesSecret, redactText, redactValue } from '../../../kernel/secrets/redact.ts'
import { type ConfigFormat, lookAt, noCounters, readConfigFile } from '../scan/config-file.ts'
import { canonicalJson, isRecord, sha256, shorten } from '../scan/json-values.ts'
import { unreadable } from './inside.ts'

export type PartRequest = {
  type: 'hook' | 'mcp' | 'other'
  /** Name of the server; says nothing of hooks, which have none. */
  fragment: string
  /** Of its canonical JSON, 64 hex: how it is known again. */
  hash: string
}

const formats: Readonly<Record<string, ConfigFormat>> = { '.toml': 'toml', '.yaml': 'yaml', '.yml': 'yaml' }

/** Tables of these names hold values for others to see, so none of them is told. */
const SECRET_TABLES: ReadonlySet<string> = new Set([
  'env',
  'environment',
  'envs',
  'env_vars',
  'headers',
  'http_headers',
])

/**
 * One hook or server as indented JSON. It is found by its content, whatever shape the file has.
 * Errors: `artifact.unreadable`, also when the file says something else by now.
 */
export function readPart(path: string, part: PartRequest): string {
  const file = lookAt(path, noCounters())
  if (!file.stats) throw unreadable(path, file.error ?? 'it is gone')
  const { value, diagnostics } = readConfigFile(
    file,
    formats[extname(path).toLowerCase()] ?? 'json',
    noCounters(),
  )
  const [trouble] = diagnostics
  if (value === undefined) throw unreadable(path, trouble?.detail || trouble?.code || 'it is empty')
  const found = findPart(value, part)
  if (found === undefined) throw unreadable(path, 'it has changed since it was read')
  return `${JSON.stringify(redacted(found, ''), null, 2)}\n`
}

/** Depth of a file's tables; deeper ones have no hash either. */
const MAX_DEPTH = 100

/** Servers stand under their names or in lists, hooks in lists. */
function findPart(value: unknown, part: PartRequest, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return undefined
  const isList = Array.isArray(value)
  for (const [key, child] of Object.entries(value)) {
    const mayBe = isRecord(child) && (isList || (part.type !== 'hook' && shorten(key, 200) === part.fragment))
    if (mayBe && hashOf(child) === part.hash) return child
    const inside = findPart(child, part, depth + 1)
    if (inside !== undefined) return inside
  }
  return undefined
}

function hashOf(value: unknown): string | null {
  const json = canonicalJson(value)
  return json === null ? null : sha256(json)
}

/** A value with everything hidden that is, or looks like, a secret; `key` is what it stands under. */
function redacted(value: unknown, key: string): unknown {
  if (typeof value === 'string') return redactValue(key, value)
  if (Array.isArray(value)) return value.map((item, at) => redactedItem(item, value[at - 1], key))
  if (isRecord(value)) {
    const isSecret = SECRET_TABLES.has(key.toLowerCase())
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [
        redactText(name),
        isSecret ? withoutValue(child) : redacted(child, name),
      ]),
    )
  }
  // A number may be a code to enter somewhere.
  return namesSecret(key) && typeof value !== 'boolean' && value !== null ? hidden : value
}

/** Of a command line: what follows a flag that names a secret is one. */
function redactedItem(item: unknown, before: unknown, key: string): unknown {
  if (typeof item !== 'string') return redacted(item, key)
  const isNamed =
    typeof before === 'string' && /^--?\w/.test(before) && !before.includes('=') && namesSecret(before)
  const isUser = before === '-u' || before === '--user' || before === '--proxy-user'
  return (isNamed || isUser) && !isReference(item) ? hidden : redactValue(key, item)
}

/** The value of a variable or a header; a reference to a variable is none. */
const withoutValue = (value: unknown): unknown =>
  typeof value === 'string' && isReference(value) ? value : hidden

const isReference = (value: string): boolean => /^(?:Bearer )?\$\{?\w+\}?$/.test(value)
