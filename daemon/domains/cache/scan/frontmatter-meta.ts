/** What the frontmatter of a markdown artifact means (formats spec section 10, ecosystem spec 1.2, 2.1 to 2.3). */
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import { diagnose } from './diagnostics.ts'
import { parseFrontmatter } from './frontmatter.ts'
import { knownKeys, knownTool } from './known-keys.ts'
import { checkSkillName, codePoints } from './skill-name.ts'
import type { Diagnostic } from './types.ts'

/** Frontmatter under one spelling of each key; what a file does not say is absent. */
export type FrontmatterFields = {
  name?: string
  description?: string
  title?: string
  author?: string
  license?: string
  version?: string
  model?: string
  permissionMode?: string
  /** As written, e.g. `Bash(git:*)`. */
  tools?: string[]
  /** Known tools only, in their usual spelling. */
  disallowedTools?: string[]
  skills?: string[]
  tags?: string[]
  dependencies?: string[]
  hooks?: unknown
  userInvocable?: boolean
  /** Every other key as it is, and `unknown_tools`. */
  extra: Record<string, unknown>
}

/** A markdown artifact as its host and its reader see it. */
export type MarkdownMeta = Omit<FrontmatterFields, 'name' | 'title' | 'description'> & {
  /** What the host calls it: an agent goes by its declared name, everything else by its folder or file. */
  name: string
  /** `name` of the frontmatter; a plugin's skill goes by this one. */
  declaredName: string | null
  /** `title`, else the declared name where the host goes by another. */
  title: string | null
  /** `description`, else the first line of the body that is not a heading, cut at 200 characters; null when neither. */
  description: string | null
  /** Where the text after the frontmatter begins, in UTF-16 units. */
  bodyOffset: number
  diagnostics: Diagnostic[]
}

const summaryLength = 200
const descriptionLength = 1024

/** Top-level keys the fields are taken from; all others are `extra`. */
const consumed: ReadonlySet<string> = new Set([
  'name',
  'description',
  'title',
  'author',
  'license',
  'version',
  'model',
  'tools',
  'allowed-tools',
  'allowedTools',
  'allowedtools',
  'disallowedTools',
  'disallowed-tools',
  'permissionMode',
  'permission-mode',
  'skills',
  'tags',
  'dependencies',
  'hooks',
  'user-invocable',
  'userInvocable',
])

/**
 * Reads a markdown artifact. Never throws.
 * `stem`: the skill's folder, or the file's name without `.md`.
 */
export function readMarkdownMeta(type: ArtifactType, stem: string, text: string): MarkdownMeta {
  const { data, bodyOffset, diagnostics } = parseFrontmatter(text)
  const fields = normaliseFrontmatter(data, diagnostics)
  const declared = fields.name ?? null
  const name = type === 'agent' && declared ? declared : stem
  const checked = checkFields(type, stem, fields, data)
  return {
    ...fields,
    name,
    declaredName: declared,
    title: fields.title ?? (declared !== name ? declared : null),
    description: fields.description ?? firstLine(text, bodyOffset),
    bodyOffset,
    diagnostics: [...diagnostics.filter((d) => isWorthTelling(d, type)), ...checked],
  }
}

/** Frontmatter is a must for skills and agents only. */
const isWorthTelling = (d: Diagnostic, type: ArtifactType): boolean =>
  d.code !== 'frontmatter.missing' || type === 'skill' || type === 'agent'

/** One spelling for each key; complaints about values of the wrong type are added to `diagnostics`. */
export function normaliseFrontmatter(
  data: Record<string, unknown>,
  diagnostics: Diagnostic[] = [],
): FrontmatterFields {
  const fields: FrontmatterFields = { extra: {} }
  for (const key of textFields) {
    const value = toText(data[key], key, diagnostics)
    if (value !== undefined) fields[key] = value
  }
  const mode = toText(data.permissionMode ?? data['permission-mode'], 'permissionMode', diagnostics)
  if (mode !== undefined) fields.permissionMode = mode
  for (const key of ['skills', 'tags', 'dependencies'] as const) {
    const value = toList(data[key], splitCommas)
    if (value) fields[key] = value
  }
  readTools(data, fields)
  if (data.hooks != null) fields.hooks = data.hooks
  const invocable = toBoolean(data['user-invocable'] ?? data.userInvocable)
  if (invocable !== undefined) fields.userInvocable = invocable
  for (const key of Object.keys(data)) if (!consumed.has(key)) fields.extra[key] = data[key]
  return fields
}

const textFields = ['name', 'description', 'title', 'author', 'license', 'version', 'model'] as const

function toText(value: unknown, key: string, diagnostics: Diagnostic[]): string | undefined {
  if (value == null) return undefined
  if (typeof value === 'object') {
    diagnostics.push(diagnose('frontmatter.wrong_type', key))
    return undefined
  }
  return String(value).trim() || undefined
}

function toList(value: unknown, split: (text: string) => string[]): string[] | undefined {
  if (value == null || value === '') return undefined
  const items = Array.isArray(value)
    ? value.filter((item) => item != null).map(itemText)
    : split(itemText(value))
  return items.map((item) => item.trim()).filter(Boolean)
}

const itemText = (item: unknown): string => (typeof item === 'object' ? JSON.stringify(item) : String(item))

const splitCommas = (text: string): string[] => text.split(',')

/** At commas, or at spaces where there is no comma; never inside parentheses: `Bash(git add:*, git rm:*) Read`. */
function splitTools(text: string): string[] {
  if (!text.includes('(')) return text.split(text.includes(',') ? ',' : /\s+/)
  const items = splitOutside(text, ',')
  return items.length > 1 ? items : splitOutside(text, ' ')
}

function splitOutside(text: string, separator: string): string[] {
  const items: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '(') depth++
    else if (char === ')') depth = Math.max(0, depth - 1)
    else if (char === separator && depth === 0) {
      items.push(text.slice(from, at))
      from = at + 1
    }
  }
  items.push(text.slice(from))
  return items
}

function readTools(data: Record<string, unknown>, fields: FrontmatterFields): void {
  const given = data.tools || data['allowed-tools'] || data.allowedTools || data.allowedtools
  const tools = toList(given, data.tools ? splitCommas : splitTools)
  if (tools) {
    fields.tools = tools
    const unknown = tools.filter((tool) => !knownTool(tool))
    if (unknown.length > 0) fields.extra.unknown_tools = unknown
  }
  const denied = toList(data.disallowedTools ?? data['disallowed-tools'], splitTools)
  if (denied) fields.disallowedTools = denied.map(knownTool).filter((tool) => tool !== null)
}

const truths: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1'])

function toBoolean(value: unknown): boolean | undefined {
  if (value == null || typeof value === 'object') return undefined
  return truths.has(String(value).trim().toLowerCase())
}

/** What a host would load but a careful author would want to know. */
function checkFields(
  type: ArtifactType,
  stem: string,
  fields: FrontmatterFields,
  data: Record<string, unknown>,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const { name, description } = fields
  if (type === 'skill') {
    if (name) found.push(...checkSkillName(name, stem))
    else found.push(diagnose('name.missing', stem))
  } else if (type === 'agent') {
    if (!name) found.push(diagnose('agent.documentation'))
    else if (!isAgentName(name)) found.push(diagnose('agent.bad_name', name))
  }
  if (!description && (type === 'skill' || (type === 'agent' && name)))
    found.push(diagnose('description.missing'))
  if (description && description.length > descriptionLength && type === 'skill') {
    const length = codePoints(description)
    if (length > descriptionLength) found.push(diagnose('description.too_long', String(length)))
  }
  const known = knownKeys[type]
  if (known) {
    const unknown = Object.keys(data).filter((key) => !known.has(key))
    if (unknown.length > 0) found.push(diagnose('frontmatter.unknown_key', unknown.join(', ')))
  }
  const tools = fields.extra.unknown_tools as string[] | undefined
  const strange = tools?.filter((tool) => !tool.startsWith('mcp__') && tool !== '*')
  if (strange && strange.length > 0) found.push(diagnose('tools.unknown', strange.join(', ')))
  return found
}

/** Lowercase letters, digits and hyphens, not beginning with a hyphen (ecosystem spec 2.3). */
export const isAgentName = (name: string): boolean =>
  /^[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}_-]*$/u.test(name)

/** First line that is neither empty nor a heading nor a rule. */
function firstLine(text: string, from: number): string | null {
  for (let at = from; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end).trim()
    if (line !== '' && !line.startsWith('#') && line !== '---') return cut(line, summaryLength)
    if (end < 0) return null
    at = end + 1
  }
  return null
}

/** At most so many code points, never half of one. */
const cut = (text: string, limit: number): string =>
  text.length <= limit
    ? text
    : Array.from(text.slice(0, limit * 2))
        .slice(0, limit)
        .join('')
