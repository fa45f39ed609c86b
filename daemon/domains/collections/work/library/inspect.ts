/** What a file or folder is, whether it may be called that, and what it says of itself. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, posix } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { Row } from '../../../../kernel/config/toml-tables.ts'
import { redactText } from '../../../../kernel/secrets/redact.ts'
import {
  type ArtifactTarget,
  decodeText,
  describeDiagnostic,
  describeTarget,
  inferArtifactType,
  normaliseFrontmatter,
  parseFrontmatter,
  pickHooks,
  recogniseArtifact,
  type WantedHook,
} from '../../../cache/scan/index.ts'
import { unreadable } from '../unreadable.ts'
import { stemOf } from './names.ts'

/** Types that are added one by one. */
export const addedTypes = ['skill', 'command', 'agent', 'hook', 'mcp'] as const
export type AddedType = (typeof addedTypes)[number]

/** What was found to be an artifact. */
export type Inspected = {
  type: AddedType
  isFolder: boolean
  /** As its source calls it, without the end of a file. */
  name: string
  /** `metadata` of its row in the manifest. */
  metadata: Row
  tags: string[]
  /** What is not wrong but should be known; sentences. */
  warnings: string[]
}

/**
 * Judges what lies at `path`, strictly (formats spec section 9, with its corrections); `claimed` is the type somebody says it
 * has, `source` what it is called in messages. Errors: `collection.not_an_artifact`, `object.unreadable`.
 */
export async function inspectArtifact(
  path: string,
  claimed: AddedType | null,
  source: string,
): Promise<Inspected> {
  const target = lookAt(path)
  const refuse = (reason: string) => refusal(source, claimed, reason)
  if (!target) throw refuse('there is nothing')
  const type = typeIn(target, claimed)
  if (!type) throw refuse(whyNot(claimed, target.isFolder ? await skillsBelow(path) : []))
  const file = fileOf(target, type)
  const { text, encoding } = decodeText(await readThere(file))
  if (encoding === 'binary') throw refuse(`${basename(file)} is no text`)
  if (text.trim() === '') throw refuse(`${basename(file)} is empty`)
  const name = nameOf(target, type)
  if (type === 'hook' || type === 'mcp') {
    checkJson(text, type, (reason) => refuse(`${basename(file)} ${reason}`))
    return { type, isFolder: target.isFolder, name, metadata: {}, tags: [], warnings: [] }
  }
  const { data, diagnostics } = parseFrontmatter(text)
  const warnings = diagnostics.map((each) => describeDiagnostic(each).message)
  const { metadata, tags } = metadataOf(data)
  return { type, isFolder: target.isFolder, name, metadata, tags, warnings }
}

/** What of a configuration file is wanted, when that is not all. */
export type ConfigPart =
  | { type: 'mcp'; name: string }
  /** `name`: of one handler, or what the names of all of them begin with. */
  | { type: 'hook'; name: string; handlers: readonly WantedHook[] }

/**
 * A part of a configuration file, and the text that holds nothing else. Errors: `collection.not_an_artifact`,
 * `object.unreadable`.
 */
export async function inspectPart(
  path: string,
  part: ConfigPart,
  source: string,
): Promise<{ inspected: Inspected; content: string }> {
  return part.type === 'mcp' ? inspectServer(path, part.name, source) : inspectHooks(path, part, source)
}

/** One server out of a file that lists several. */
async function inspectServer(
  path: string,
  name: string,
  source: string,
): Promise<{ inspected: Inspected; content: string }> {
  const refuse = (reason: string) => refusal(source, 'mcp', `${basename(path)} ${reason}`)
  const { text } = decodeText(await readThere(path))
  const servers = checkJson(text, 'mcp', refuse)
  const server = Object.hasOwn(servers, name) ? servers[name] : undefined
  if (typeof server !== 'object' || server === null) throw refuse(`has no server ${name}`)
  const holdsValues = ['env', 'headers'].filter((key) => Object.keys((server as Row)[key] ?? {}).length > 0)
  const warnings = holdsValues.map(
    (key) => `Its values under "${key}" are copied with it; look whether a secret is among them.`,
  )
  return {
    inspected: { type: 'mcp', isFolder: false, name, metadata: {}, tags: [], warnings },
    content: jsonText({ mcpServers: { [name]: server } }),
  }
}

function lookAt(path: string): ArtifactTarget | null {
  try {
    return describeTarget(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** A file that is known to be there. */
const readThere = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })

/** Some hooks out of settings. */
async function inspectHooks(
  path: string,
  { name: wanted, handlers }: Extract<ConfigPart, { type: 'hook' }>,
  source: string,
): Promise<{ inspected: Inspected; content: string }> {
  const refuse = (reason: string) => refusal(source, 'hook', `${basename(path)} ${reason}`)
  const { text } = decodeText(await readThere(path))
  const hooks = pickHooks(checkJson(text, 'hook', refuse), handlers)
  if (hooks === null) throw refuse('has changed since it was read; try again')
  const content = jsonText({ hooks })
  const warnings = [
    ...(redactText(content) === content
      ? []
      : ['It holds what looks like a secret, which is copied with it; look at it.']),
    // Scripts that belong to it lie elsewhere, and the same path means another file in another project.
    ...(/CLAUDE_PROJECT_DIR|\.claude\//.test(content)
      ? ['It runs files of its project, which are not copied with it.']
      : []),
  ]
  // A matcher is an expression; what is left of it is a name for a folder.
  const name = wanted.replace(/[^\p{L}\p{N}._]+/gu, '-').replace(/^[-.]+|-+$/g, '')
  return {
    inspected: { type: 'hook', isFolder: false, name, metadata: {}, tags: [], warnings },
    content,
  }
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/**
 * Judges by names alone, before anything is fetched: `paths` are those of all files below the target. Errors:
 * `collection.not_an_artifact`.
 */
export function checkNames(
  target: ArtifactTarget,
  paths: readonly string[],
  claimed: AddedType | null,
  source: string,
): void {
  if (typeIn(target, claimed)) return
  const skills = paths.filter((path) => /\/skill\.md$/i.test(path)).map((path) => posix.dirname(path))
  throw refusal(source, claimed, whyNot(claimed, skills.sort()))
}

const refusal = (source: string, claimed: AddedType | null, reason: string): SmdError =>
  new SmdError('collection.not_an_artifact', { source, type: claimed ?? 'artifact', reason })

/** Null when it is not what it is said to be, or nothing that is added one by one. */
function typeIn(target: ArtifactTarget, claimed: AddedType | null): AddedType | null {
  // A folder with SKILL.md is no agent, whoever says so
  const inferred = claimed && target.isFolder ? inferArtifactType(target) : claimed
  if (inferred && inferred !== claimed) return null
  const type = recogniseArtifact(target, claimed ?? undefined)
  return addedTypes.find((each) => each === type) ?? null
}

const wanted: Record<AddedType, string> = {
  skill: 'a skill is a folder with a SKILL.md',
  command: 'a command is a file that ends in .md',
  agent: 'an agent is a file that ends in .md',
  hook: 'a hook is a folder with a settings.json, or that file',
  mcp: 'an MCP server is a folder with a .mcp.json, or that file',
}

/** With what lies inside, when that is what was probably meant. */
function whyNot(claimed: AddedType | null, inside: readonly string[]): string {
  const rule = claimed ? wanted[claimed] : 'neither its name nor what is in it tells a type'
  if (inside.length === 0) return rule
  const more = inside.length > 5 ? `, and ${inside.length - 5} more` : ''
  return `${rule}; below it there are ${inside.slice(0, 5).join(', ')}${more}`
}

async function skillsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && /^skill\.md$/i.test(entry.name))
    .map((entry) => entry.parentPath.slice(folder.length + 1))
    .filter((path) => path !== '')
    .sort()
}

/** The file that says what it is. */
function fileOf({ path, isFolder, entries }: ArtifactTarget, type: AddedType): string {
  if (!isFolder) return path
  const names = { skill: /^skill\.md$/i, hook: /^settings\.json$/i, mcp: /^\.?mcp\.json$/i }
  const pattern = names[type as keyof typeof names]
  return join(path, entries.find((name) => pattern?.test(name)) ?? '')
}

/** A configuration file goes by the folder it lies in. */
function nameOf({ path, isFolder }: ArtifactTarget, type: AddedType): string {
  const isConfig = !isFolder && (type === 'hook' || type === 'mcp')
  const folder = basename(dirname(path))
  // `.claude/settings.json` of a project goes by the project
  return isConfig
    ? folder.startsWith('.')
      ? basename(dirname(dirname(path)))
      : folder
    : stemOf(basename(path))
}

function checkJson(text: string, type: 'hook' | 'mcp', refuse: (reason: string) => SmdError): Row {
  const key = type === 'hook' ? 'hooks' : 'mcpServers'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refuse(`is no JSON: ${(cause as Error).message}`)
  }
  const table = typeof value === 'object' && value !== null ? (value as Row)[key] : undefined
  if (typeof table !== 'object' || table === null) throw refuse(`has no "${key}"`)
  return table as Row
}

/** As the original keeps it: known fields by name, the whole frontmatter and whatever else it says below `extra`. */
function metadataOf(data: Row): { metadata: Row; tags: string[] } {
  const { title, description, author, license, version, dependencies, tools, tags, extra } =
    normaliseFrontmatter(data)
  const kept: Row = { ...extra }
  if (typeof data.name === 'string') kept.name = data.name
  if (Object.keys(data).length > 0) kept.frontmatter = data
  const metadata: Row = { title, description, author, license, version, dependencies, tools }
  if (Object.keys(kept).length > 0) metadata.extra = kept
  const entries = Object.entries(metadata).filter(([, value]) => value !== undefined)
  return { metadata: Object.fromEntries(entries), tags: tags ?? [] }
}
