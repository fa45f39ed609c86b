import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import { type AgentFolder, agentFolder } from './agents.ts'

/** Keys of an `[agents.<id>]` table, by the type of artifact their folders hold. */
const folderKeys: Readonly<Record<string, ArtifactType>> = {
  skills: 'skill',
  commands: 'command',
  agents: 'agent',
  rules: 'rule',
}

/**
 * Rows of config.toml for the table of agents, which changes every few weeks (ecosystem spec 4.1):
 * `[agents.my-agent]` with `skills = ".my-agent/skills"` for projects and `user_skills = "~/.my-agent/skills"` for the
 * user; likewise `commands`, `agents` and `rules`. A value is one folder or a list. What is not of this form, leaves a
 * project or names no folder is passed over: another program's folder must never be read by mistake.
 */
export function agentFoldersOf(agents: Readonly<Record<string, unknown>>): AgentFolder[] {
  return Object.entries(agents).flatMap(([host, table]) => {
    if (typeof table !== 'object' || table === null) return []
    return Object.entries(table).flatMap(([key, value]) => foldersOf(host, key, value))
  })
}

function foldersOf(host: string, key: string, value: unknown): AgentFolder[] {
  const scope = key.startsWith('user_') ? 'user' : 'project'
  const type = folderKeys[key.replace(/^user_/, '')]
  if (!type) return []
  const paths = (Array.isArray(value) ? value : [value]).filter((path) => isFolder(path, scope))
  const shape = type === 'skill' ? 'skills' : 'files'
  return paths.map((path: string) => agentFolder({ host, scope, type, path, shape }))
}

function isFolder(path: unknown, scope: 'user' | 'project'): path is string {
  if (typeof path !== 'string' || path.split('/').some((part) => part === '..')) return false
  const absolute = path.startsWith('/') || path.startsWith('~/')
  return path.replace(/^[./]+/, '') !== '' && absolute === (scope === 'user')
}
