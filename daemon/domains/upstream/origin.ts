/** What a scan knows of an artifact's origin. */
import type { UpstreamSource } from './source.ts'

/** Why the origin of an artifact cannot be asked; the sentences are in protocol/artifact-states.ts. */
export type UnaskedReason = 'source_unsupported' | 'not_pinned'

/** Where an artifact came from, and what was installed then. */
export type ArtifactOrigin = {
  /** The place to ask; otherwise why there is none. `collection`: a copy on this machine, which the scan compared with. */
  source: UpstreamSource | 'collection' | UnaskedReason
  /** Folder or file inside of the source, '' = all of it, or the plugin's name in a marketplace; null when nobody recorded it. */
  path: string | null
  baseVersion: string | null
  /** Commit (12 to 40 hex) that was installed. */
  baseRevision: string | null
  /** git tree or blob id of what was installed, 40 hex. */
  baseDigest: string | null
  /** The same of what lies here now; null when it has none to compare: too large, unreadable, no files of its own. */
  localDigest: string | null
  /** Whether the record says that it was changed since; null when the record cannot tell. */
  localModified: boolean | null
  /** Changes whenever something else is installed: what was learnt of the old base counts no more then. */
  baseMark: string
}

/** One text per place: equal for artifacts that are asked for together. GitHub does not tell letter cases apart. */
export function sourceKey(source: UpstreamSource): string {
  switch (source.kind) {
    case 'github':
      return `github:${source.owner}/${source.repo}`.toLowerCase() + at(source.ref)
    case 'git':
      return `git:${source.url}${at(source.ref)}`
    case 'path':
      return `path:${source.path}`
    case 'npm':
      return `npm:${source.registry === null ? '' : `${source.registry}:`}${source.name}`
    case 'marketplace':
      return `marketplace:${source.name}:${source.location.kind === 'url' ? source.location.url : sourceKey(source.location)}`
  }
}

const at = (ref: string | null): string => (ref === null ? '' : `@${ref}`)
