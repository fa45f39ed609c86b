/** Puts together what a record and the files at hand say of an artifact's origin. */
import type { ArtifactOrigin } from '../../upstream/index.ts'
import { localDigest } from './local-digest.ts'
import type { ScanCounters, ScanEnvironment } from './types.ts'
import type { UpstreamPlace } from './upstream-place.ts'

/** What a record says was installed. */
export type Installed = {
  place: UpstreamPlace
  version: string | null
  /** 40 hex each. */
  commit?: string
  tree?: string
  /** `computedHash` of the skills CLI, over the folder as its source has it. */
  folderHash?: string
  /** Anything else that changes with an installation. */
  mark?: string
}

/** Of something without files of its own. */
export function recordedOrigin({
  place,
  version,
  commit,
  tree,
  folderHash,
  mark,
}: Installed): ArtifactOrigin {
  return {
    ...place,
    baseVersion: version,
    baseRevision: commit ?? null,
    baseDigest: tree ?? null,
    localDigest: null,
    localModified: null,
    baseMark: [mark, version, commit, tree, folderHash].filter((part) => part != null).join(' '),
  }
}

/** Of the folder or file at `path`; `modified` is what the record itself tells of it. Reads the files. */
export function originOf(
  path: string,
  installed: Installed,
  modified: boolean | null,
  env: ScanEnvironment,
  counters: ScanCounters,
): ArtifactOrigin {
  const origin: ArtifactOrigin = { ...recordedOrigin(installed), localModified: modified }
  if (typeof origin.source === 'string') return origin
  const { digest, rewritten } = localDigest(path, env.limits, counters)
  if (rewritten?.tree) {
    origin.baseDigest ??= rewritten.tree
    origin.baseMark = `${origin.baseMark} ${rewritten.tree}`
  }
  // A manager that writes into SKILL.md may spell the rest of it anew: only equality says something then
  if (!rewritten || digest === origin.baseDigest) origin.localDigest = digest
  // What still has the hash of its source is what its source was
  if (installed.folderHash && modified === false) origin.baseDigest ??= origin.localDigest
  // The tree covers what a list of files does not: those that were added
  if (origin.baseDigest !== null && origin.localDigest !== null && modified === false)
    origin.localModified = null
  return origin
}
