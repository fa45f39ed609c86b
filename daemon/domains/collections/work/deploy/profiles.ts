/** Where each agent looks for artifacts (formats spec section 8). */
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { MachineFolders } from '../../../../kernel/config/machine-folders.ts'
import { isTable } from '../../../../kernel/config/value.ts'

export type Profile = {
  id: string
  platform: string
  /** Folder in a project, relative, `/`-separated. */
  root: string
  /** Folder below the root, by type of artifact. */
  containers: Record<string, string>
  configFiles: string[]
  types: string[]
  contextPrefixes: string[]
  description: string | null
}

const projectFile = '.skillmeat-project.toml'
const inContainers = (...types: string[]): Record<string, string> =>
  Object.fromEntries(types.map((type) => [type, type === 'mcp' ? 'mcp' : `${type}s`]))
const contextOf = (root: string): string[] => [`${root}/context/`, `${root}/`]

function known(id: string, root: string, types: string[], configFiles: string[]): Profile {
  return {
    id,
    platform: id,
    root,
    containers: inContainers(...types),
    configFiles: [...configFiles, projectFile],
    types,
    contextPrefixes: contextOf(root),
    description: null,
  }
}

const allTypes = ['skill', 'command', 'agent', 'hook', 'mcp']
const common = ['skill', 'command', 'agent']

/** The profiles every project has; the first is the one that is meant when none is named. */
export const knownProfiles: readonly Profile[] = [
  known('claude_code', '.claude', allTypes, ['CLAUDE.md', 'AGENTS.md']),
  known('codex', '.codex', common, ['AGENTS.md', 'CODEX.md']),
  known('gemini', '.gemini', ['skill', 'command'], ['GEMINI.md']),
  known('cursor', '.cursor', common, ['.cursorrules', 'CURSOR.md']),
  // Shared by many agents, and where other managers put skills.
  { ...known('agents', '.agents', ['skill'], ['AGENTS.md']), contextPrefixes: [] },
  { ...known('other', '.custom', ['skill'], []), contextPrefixes: [] },
  { ...known('remote_git', '.remote_git', [], []), contextPrefixes: [] },
]

export const primaryProfile = 'claude_code'

/** Keys of a profile in TOML and JSON, with the names other programs use for them. */
const spellings: Record<string, string> = {
  root_dir: 'root',
  artifact_path_map: 'containers',
  project_config_filenames: 'configFiles',
  config_filenames: 'configFiles',
  context_path_prefixes: 'contextPrefixes',
  context_prefixes: 'contextPrefixes',
  supported_artifact_types: 'types',
  description: 'description',
}

/**
 * Lays what a configuration says over the profiles, by platform; `where` is for messages. Errors: `deploy.bad_profile`.
 */
export function withDefaults(profiles: readonly Profile[], defaults: unknown, where: string): Profile[] {
  if (!isTable(defaults)) return [...profiles]
  return profiles.map((profile) => {
    const own = defaults[profile.platform]
    return isTable(own) ? withOverrides(profile, own, where) : profile
  })
}

/** Profiles stored for a project, over those of the same id and beside the others. Errors: `deploy.bad_profile`. */
export function withStored(profiles: readonly Profile[], stored: unknown, where: string): Profile[] {
  if (!Array.isArray(stored)) return [...profiles]
  const byId = new Map(profiles.map((profile) => [profile.id, profile]))
  for (const row of stored.filter(isTable)) {
    const id = row.profile_id
    if (typeof id !== 'string' || id === '') throw bad(where, 'a profile has no profile_id')
    const platform = typeof row.platform === 'string' ? row.platform : (byId.get(id)?.platform ?? 'other')
    const base = byId.get(id) ?? profiles.find((profile) => profile.id === platform) ?? otherProfile(id)
    byId.set(id, withOverrides({ ...base, id, platform }, row, where))
  }
  return [...byId.values()]
}

const otherProfile = (id: string): Profile => ({ ...known(id, '.custom', ['skill'], []), platform: 'other' })

function withOverrides(profile: Profile, own: Record<string, unknown>, where: string): Profile {
  const merged = { ...profile, containers: { ...profile.containers } }
  for (const [spelling, key] of Object.entries(spellings)) {
    const value = own[spelling]
    if (value === undefined || value === null) continue
    const what = `${profile.id}.${spelling}`
    if (key === 'root') merged.root = relativeFolder(value, what, where)
    else if (key === 'description') merged.description = String(value).slice(0, 500)
    else if (key === 'containers') {
      if (!isTable(value)) throw bad(where, `${what} is no table`)
      for (const [type, folder] of Object.entries(value))
        merged.containers[type] = relativeFolder(folder, `${what}.${type}`, where)
    } else if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
      Object.assign(merged, { [key]: value })
    else throw bad(where, `${what} is no list of texts`)
  }
  return merged
}

/** One or more components, none of them `..`. */
function relativeFolder(value: unknown, what: string, where: string): string {
  const parts =
    typeof value === 'string' ? value.split('/').filter((part) => part !== '' && part !== '.') : []
  const isSafe =
    typeof value === 'string' &&
    parts.length > 0 &&
    !value.startsWith('/') &&
    !/[\\\0]|^[A-Za-z]:/.test(value) &&
    !parts.includes('..')
  if (!isSafe) throw bad(where, `${what} must be a folder below the project, without ..`)
  return parts.join('/')
}

const bad = (where: string, reason: string): SmdError => new SmdError('deploy.bad_profile', { where, reason })

/** The folder of a profile for all projects of the user. */
export function userRoot(profile: Profile, { home, claudeConfig, agentHomes }: MachineFolders): string {
  if (profile.platform === 'claude_code' && profile.root === '.claude') return claudeConfig
  if (profile.platform === 'codex' && profile.root === '.codex' && agentHomes.CODEX_HOME)
    return agentHomes.CODEX_HOME
  return join(home, profile.root)
}
