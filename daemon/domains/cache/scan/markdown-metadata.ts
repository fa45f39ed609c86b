/** The part of a frontmatter that is kept beside the columns: small, JSON-safe, without secrets. */

import { namesSecret, redactValue } from '../../../kernel/secrets/redact.ts'
import type { MarkdownMeta } from './frontmatter-meta.ts'

/** Longest value kept, as JSON; beyond it only its kind is. In UTF-16 units. */
const valueLimit = 300
/** The same for the standard's free `metadata`, where managers write down where a skill came from. */
const mapLimit = 1000
/** Most keys beyond the known ones that are kept. */
const keyLimit = 24

const ownFields = [
  'author',
  'license',
  'version',
  'model',
  'permissionMode',
  'tools',
  'disallowedTools',
  'skills',
  'dependencies',
  'userInvocable',
] as const

/** Keys that hold commands, addresses and credentials: told by name only. */
const guarded: ReadonlySet<string> = new Set(['mcpServers', 'hooks', 'env'])

/** Frontmatter as metadata. `aliases`: names it also goes by. */
export function markdownMetadata(meta: MarkdownMeta): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  if (meta.declaredName && meta.declaredName !== meta.name) kept.aliases = [meta.declaredName]
  for (const key of ownFields) if (meta[key] !== undefined) kept[key] = small(key, meta[key])
  if (meta.hooks !== undefined) kept.hooks = names(meta.hooks)
  const extra = Object.keys(meta.extra).filter((key) => key !== 'unknown_tools')
  for (const key of extra.slice(0, keyLimit)) {
    const value = meta.extra[key]
    if (value == null || Object.hasOwn(kept, key)) continue
    kept[key] = guarded.has(key)
      ? names(value)
      : small(key, value, key === 'metadata' ? mapLimit : valueLimit)
  }
  return kept
}

/** The keys of a mapping, however deep its values are. */
const names = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : '…'

function small(key: string, value: unknown, limit = valueLimit): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') {
    return redact(key, value.length > limit ? `${value.slice(0, limit - 1)}…` : value)
  }
  const json = JSON.stringify(value)
  if (json === undefined || json.length > limit) return Array.isArray(value) ? [] : {}
  return deepRedact(key, value)
}

/** What stands below a key that names a secret is one, except for numbers and the like: `max_tokens`. */
function deepRedact(key: string, value: unknown): unknown {
  if (typeof value === 'string') return redact(key, value)
  if (Array.isArray(value)) return value.map((item) => deepRedact(key, item))
  if (value === null || typeof value !== 'object') return value
  const below = namesSecret(key) ? () => key : (name: string) => name
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, deepRedact(below(name), item)]),
  )
}

/** A short single word (a licence, a model, a tool: nearly all values) is no secret and not worth the search for one. */
const redact = (key: string, text: string): string =>
  /^[\w.-]{1,15}$/.test(text) && !namesSecret(key) ? text : redactValue(key, text)
