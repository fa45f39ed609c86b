/** What a marketplace.json says about its plugins (ecosystem spec 3.2). */
import { UpstreamError, type UpstreamSource } from '../source.ts'
import { isRecord, ownValue, parseJson, textAt } from './json.ts'
import { cleanPath } from './repository.ts'

export type Catalog = {
  version: string | null
  /** Entries by name; the first one of a name counts. */
  plugins: Map<string, Record<string, unknown>>
  /** Folder that bare names of sources lie in. */
  pluginRoot: string
  /** Old names: the new one, or null when the plugin is gone. */
  renames: Record<string, unknown>
}

/** Errors: `bad_answer` when it is no catalogue. */
export function readCatalog(body: Buffer, name: string): Catalog {
  const value = parseJson(body, `The marketplace ${name}`)
  const entries = ownValue(value, 'plugins')
  if (!isRecord(value) || !Array.isArray(entries))
    throw new UpstreamError('bad_answer', `The marketplace ${name} has no list of plugins.`)
  const plugins: Catalog['plugins'] = new Map()
  for (const entry of entries) {
    const plugin = textAt(entry, 'name')
    if (plugin !== null && !plugins.has(plugin)) plugins.set(plugin, entry)
  }
  const metadata = ownValue(value, 'metadata')
  const renames = ownValue(value, 'renames')
  return {
    version: textAt(value, 'version') ?? textAt(metadata, 'version'),
    plugins,
    pluginRoot: textAt(metadata, 'pluginRoot') ?? '',
    renames: isRecord(renames) ? renames : {},
  }
}

/** The entry of a plugin, also under a name it once had; null when there is none. */
export function findPlugin({ plugins, renames }: Catalog, name: string): Record<string, unknown> | null {
  let current = name
  for (let steps = 0; steps < 10; steps++) {
    const entry = plugins.get(current)
    if (entry) return entry
    const next = textAt(renames, current)
    if (next === null) return null
    current = next
  }
  return null
}

/** Folder of a plugin that lies in the marketplace itself; null for one from elsewhere. */
export function ownFolder({ pluginRoot }: Catalog, entry: Record<string, unknown>): string | null {
  const source = ownValue(entry, 'source')
  if (typeof source !== 'string') return null
  return cleanPath(source.startsWith('.') || pluginRoot === '' ? source : `${pluginRoot}/${source}`)
}

/** Where a plugin from elsewhere comes from; null for packages, archives and programs. */
export function elsewhere(entry: Record<string, unknown>): { source: UpstreamSource; path: string } | null {
  const source = ownValue(entry, 'source')
  const kind = textAt(source, 'source') ?? ''
  if (!['github', 'url', 'git', 'git-subdir'].includes(kind)) return null
  const address = textAt(source, kind === 'github' ? 'repo' : 'url')
  const path = cleanPath(textAt(source, 'path') ?? '')
  if (address === null || path === null) return null
  const ref = pinOf(entry).commit ?? textAt(source, 'ref')
  const [, owner, repo] = githubForm.exec(address) ?? []
  if (owner !== undefined && repo !== undefined) return { source: { kind: 'github', owner, repo, ref }, path }
  return { source: { kind: 'git', url: address, ref }, path }
}

const githubForm = /^(?:https:\/\/(?:www\.)?github\.com\/)?([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i

/** What the source of a plugin from elsewhere is pinned to: a commit as its id, and what serves as its version. */
export function pinOf(entry: Record<string, unknown>): { commit: string | null; version: string | null } {
  const source = ownValue(entry, 'source')
  const pinned = textAt(source, 'sha')
  const commit = pinned !== null && /^[0-9a-f]{40}$/i.test(pinned) ? pinned.toLowerCase() : null
  switch (textAt(source, 'source')) {
    case 'npm':
      return { commit: null, version: textAt(source, 'version') }
    case 'archive':
      return { commit: null, version: textAt(source, 'sha256')?.toLowerCase().slice(0, 12) ?? null }
    default:
      return { commit, version: commit?.slice(0, 12) ?? null }
  }
}
