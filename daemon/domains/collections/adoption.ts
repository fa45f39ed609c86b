/** Which artifacts of a project can be adopted, and what a collection is told of their origin: pure rules. */
import type { AdoptableRow } from './adoptable-repo.ts'
import type { WorkParams } from './work/index.ts'

type Provenance = NonNullable<WorkParams<'addArtifact'>['provenance']>

/** Folder of each profile that a record can speak of (formats spec section 8), with where artifacts lie in it. */
const roots: ReadonlyArray<readonly [profile: string, folder: string]> = [
  ['claude_code', '.claude'],
  ['codex', '.codex'],
  ['gemini', '.gemini'],
  ['cursor', '.cursor'],
  ['agents', '.agents'],
]
const containers = { skill: 'skills', command: 'commands', agent: 'agents' } as const

export type Adoptable = { row: AdoptableRow; profile: string; name: string }

/** What can be adopted, or why not. */
export function judge(row: AdoptableRow): Adoptable | { row: AdoptableRow; reason: string } {
  const { relPath, type, hash, unasked } = row
  if (unasked === 'collection') return { row, reason: 'It is deployed from a collection already.' }
  if (hash === null) return { row, reason: 'It cannot be read as a whole.' }
  const root = roots.find(([, folder]) => relPath.startsWith(`${folder}/`))
  if (!root) return { row, reason: 'It lies where no record can speak of it.' }
  const [profile, folder] = root
  const inside = relPath.slice(folder.length + 1).split('/')
  if (inside.length !== 2 || inside[0] !== containers[type])
    return { row, reason: 'It lies deeper than where it would be deployed to.' }
  return { row, profile, name: (inside[1] as string).replace(/\.md$/i, '') }
}

type Source = { kind: string; owner?: string; repo?: string; url?: string; ref?: string | null }

/** As a manifest has it (formats spec section 3); undefined for what nobody recorded. */
export function provenanceOf({
  spec,
  originPath,
  baseVersion,
  baseRevision,
}: AdoptableRow): Provenance | undefined {
  if (spec === null || originPath === null) return undefined
  const source = JSON.parse(spec) as Source
  const address =
    source.kind === 'github' ? `https://github.com/${source.owner}/${source.repo}` : (source.url ?? null)
  if (address === null || (source.kind !== 'github' && source.kind !== 'git')) return undefined
  const commit = baseRevision !== null && /^[0-9a-f]{40}$/.test(baseRevision) ? baseRevision : null
  const at = commit ?? source.ref ?? 'HEAD'
  return {
    origin: 'github',
    upstream: `${address.replace(/\.git$/, '')}/tree/${at}${originPath === '' ? '' : `/${originPath}`}`,
    version_spec: source.ref ?? 'latest',
    ...(commit !== null && { resolved_sha: commit }),
    ...(baseVersion !== null && { resolved_version: baseVersion }),
  }
}
