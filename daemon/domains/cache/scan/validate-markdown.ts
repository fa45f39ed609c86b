/** The rules for the main file of a skill, command or agent, by profile (ecosystem spec 1.2, 2.2, 2.3). */
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import { type DiagnosticCode, diagnose } from './diagnostics.ts'
import { type Frontmatter, parseFrontmatter } from './frontmatter.ts'
import { type FrontmatterFields, isAgentName, normaliseFrontmatter } from './frontmatter-meta.ts'
import { knownKeys, knownValues, listKeys, standardKeys, switchKeys } from './known-keys.ts'
import { checkSkillName, codePoints } from './skill-name.ts'
import type { Diagnostic } from './types.ts'
import { checkHooks } from './validate-config.ts'
import type { ValidationProfile } from './validation-report.ts'

/** A diagnostic with the frontmatter key it is about; null when it is about the file. */
export type KeyedDiagnostic = Diagnostic & { key: string | null }

type Check = { type: ArtifactType; stem: string; profile: ValidationProfile; found: KeyedDiagnostic[] }

/** Longest text of a skill in Claude Code's listing, in characters (ecosystem spec 2.2). */
const listingLength = 1536

/** Collects everything, in the order of the file's parts. `stem`: the skill's folder, or the file's name without `.md`. */
export function checkMarkdown(
  type: ArtifactType,
  stem: string,
  text: string,
  profile: ValidationProfile,
): KeyedDiagnostic[] {
  const front = parseFrontmatter(text)
  const complaints = [...front.diagnostics]
  const fields = normaliseFrontmatter(front.data, complaints)
  const check: Check = { type, stem, profile, found: [] }
  // Only a skill and an agent need frontmatter at all.
  const optional = type === 'skill' || type === 'agent' ? '' : 'frontmatter.missing'
  for (const d of complaints) if (d.code !== optional) check.found.push({ ...d, key: keyOf(d) })
  const isStandard = type === 'skill' && profile !== 'claude-code'
  if (type === 'skill') checkSkill(check, fields)
  else if (type === 'agent') checkAgent(check, front, fields)
  if (isStandard) checkStandard(check, front.data)
  else checkClaude(check, front.data, fields)
  return check.found
}

const tell = (check: Check, key: string | null, code: DiagnosticCode, detail = ''): void => {
  check.found.push({ ...diagnose(code, detail), key })
}

/** Which key a complaint of the readers is about. */
function keyOf(d: Diagnostic): string | null {
  if (d.code === 'frontmatter.wrong_type' || d.code === 'frontmatter.duplicate_key') return d.detail
  const area = d.code.slice(0, d.code.indexOf('.'))
  return area === 'name' || area === 'description' ? area : null
}

function checkSkill(check: Check, { name, description }: FrontmatterFields): void {
  if (!name) tell(check, 'name', 'name.missing', check.stem)
  else for (const d of checkSkillName(name, check.stem)) check.found.push({ ...d, key: 'name' })
  if (!description) tell(check, 'description', 'description.missing')
  else if (codePoints(description) > 1024) {
    tell(check, 'description', 'description.too_long', String(codePoints(description)))
  }
}

/** A file without frontmatter is documentation; one that has it but no name is a mistake. */
function checkAgent(check: Check, front: Frontmatter, { name, description }: FrontmatterFields): void {
  if (!name) {
    if (front.present) tell(check, 'name', 'name.missing', check.stem)
    else tell(check, null, 'agent.documentation')
  } else if (!isAgentName(name)) tell(check, 'name', 'agent.bad_name', name)
  if (!description && front.present) tell(check, 'description', 'description.missing')
}

function checkStandard(check: Check, data: Record<string, unknown>): void {
  for (const key of Object.keys(data)) {
    if (standardKeys.has(key)) continue
    if (check.profile === 'portable') tell(check, key, 'portable.key', key)
    else tell(check, key, 'frontmatter.unknown_key', key)
  }
  const { compatibility, metadata } = data
  if (compatibility != null) {
    const length = typeof compatibility === 'object' ? 0 : codePoints(String(compatibility).trim())
    if (typeof compatibility === 'object')
      tell(check, 'compatibility', 'frontmatter.wrong_type', 'compatibility')
    else if (length < 1 || length > 500) tell(check, 'compatibility', 'compatibility.length', String(length))
  }
  if (metadata != null && (typeof metadata !== 'object' || Array.isArray(metadata))) {
    tell(check, 'metadata', 'frontmatter.wrong_type', 'metadata is not a mapping')
  }
  const tools = data['allowed-tools']
  if (Array.isArray(tools)) tell(check, 'allowed-tools', 'tools.list', 'allowed-tools')
  else if (tools != null && typeof tools === 'object')
    tell(check, 'allowed-tools', 'frontmatter.wrong_type', 'allowed-tools')
}

function checkClaude(check: Check, data: Record<string, unknown>, fields: FrontmatterFields): void {
  const known = knownKeys[check.type]
  for (const [key, value] of Object.entries(data)) {
    if (known && !known.has(key)) tell(check, key, 'frontmatter.unknown_key', key)
    else if (value != null) checkValue(check, key, value)
  }
  if (known?.has('hooks'))
    for (const d of checkHooks(data.hooks)) check.found.push({ code: d.code, detail: d.detail, key: 'hooks' })
  const tools = (fields.extra.unknown_tools as string[] | undefined) ?? []
  for (const tool of tools.filter((name) => !name.startsWith('mcp__') && name !== '*')) {
    tell(check, data.tools ? 'tools' : 'allowed-tools', 'tools.unknown', tool)
  }
  const listing = `${fields.description ?? ''}${typeof data.when_to_use === 'string' ? data.when_to_use : ''}`
  if (check.type !== 'agent' && codePoints(listing) > listingLength) {
    tell(check, 'description', 'description.cut', String(codePoints(listing)))
  }
}

function checkValue(check: Check, key: string, value: unknown): void {
  const allowed = knownValues.get(key)
  if (allowed && !allowed.has(String(value))) {
    tell(check, key, 'value.not_allowed', `${key} is none of ${[...allowed].join(', ')}`)
  }
  if (switchKeys.has(key) && !/^(?:true|false|yes|no|on|off|1|0)$/i.test(String(value))) {
    tell(check, key, 'frontmatter.wrong_type', `${key} is neither true nor false`)
  }
  const isText = typeof value !== 'object'
  if (
    listKeys.has(key) &&
    !isText &&
    !(Array.isArray(value) && value.every((item) => typeof item !== 'object'))
  ) {
    tell(check, key, 'frontmatter.wrong_type', `${key} is neither a text nor a list of texts`)
  }
  if (key === 'maxTurns' && !(Number.isInteger(Number(value)) && Number(value) > 0)) {
    tell(check, key, 'value.not_allowed', 'maxTurns is not a positive number')
  }
}
