/** How an artifact stands to its origin: one pure rule for what scans find and what sources answer (ADR 0019). */
import type { ArtifactState, StateReason } from '../../../protocol/artifact-states.ts'
import { compareVersions, isOutdated, isSemVer } from '../../kernel/version-compare.ts'
import type { ArtifactOrigin } from './origin.ts'

export type Evidence = {
  origin: Omit<ArtifactOrigin, 'baseMark'>
  /** What the scan compared on this machine: a plugin with the clone of its marketplace, a copy with its collection. */
  scan: { upstreamVersion: string | null; isOutdated: boolean }
  /** When the scan first said this, Unix ms. */
  recordedAt: number
  /** What the source said last; null when it never answered, or not about this path. */
  answer: Answer | null
  /** The last attempt to ask it failed. */
  failed: boolean
}

export type Answer = {
  /** Unix ms. */
  checkedAt: number
  /** Of the source as a whole. */
  version: string | null
  revision: string | null
  /** What it holds where the artifact came from; both null when it has nothing there any more. */
  item: { digest: string | null; version: string | null }
  /** git object id of the same path at the revision that was installed; null when unknown. */
  base: string | null
}

export type Verdict = {
  state: ArtifactState
  /** Why it is unknown, or what the state leaves open. */
  reason: StateReason | null
  upstreamVersion: string | null
  /** What was installed, 40 hex, when this told it: a copy that equals upstream was installed from what is there. */
  base: string | null
}

/**
 * Contents decide wherever both sides have any, judged for the artifact's own folder, never for the repository: then
 * versions are only shown. Versions decide for what has no comparable content (plugins, packages), and what cannot be
 * told is unknown, never outdated.
 */
export function evaluate(evidence: Evidence): Verdict {
  const { origin, answer, failed } = evidence
  if (origin.source === 'collection') {
    return origin.path === null ? withoutUpstream(evidence, 'removed_upstream') : byScan(evidence, null)
  }
  if (typeof origin.source === 'string') return byScan(evidence, origin.source)
  if (answer === null) return byScan(evidence, failed ? 'check_failed' : 'never_checked')
  if (origin.path === null) return byWhole(evidence, answer)
  const { digest, version } = answer.item
  if (digest === null && version === null) {
    const hasFolders = origin.source.kind !== 'npm' && origin.source.kind !== 'marketplace'
    if (hasFolders) return withoutUpstream(evidence, 'removed_upstream')
    return evidence.scan.isOutdated ? byScan(evidence, 'no_version') : withoutUpstream(evidence, 'no_version')
  }
  const hasContents =
    origin.localDigest !== null || origin.baseDigest !== null || origin.baseRevision !== null
  return digest !== null && hasContents ? byContent(evidence, answer, digest) : byVersion(evidence, answer)
}

/** `modified` and `outdated` in one word. */
export function stateOf(outdated: boolean, modified: boolean): ArtifactState {
  if (outdated) return modified ? 'diverged' : 'outdated'
  return modified ? 'modified' : 'current'
}

export const isBehind = (state: ArtifactState): boolean => state === 'outdated' || state === 'diverged'
export const isChangedHere = (state: ArtifactState): boolean => state === 'modified' || state === 'diverged'

/** Nobody was asked: the scan's word, as far as it goes. */
function byScan({ origin, scan }: Evidence, reason: StateReason | null): Verdict {
  const modified = isModified(origin, origin.baseDigest) ?? false
  const compared =
    origin.source === 'collection' || (scan.upstreamVersion !== null && origin.baseVersion !== null)
  const state = compared || scan.isOutdated || modified ? stateOf(scan.isOutdated, modified) : 'unknown'
  return { state, reason, upstreamVersion: scan.upstreamVersion, base: null }
}

/** There is nothing to be behind of. */
function withoutUpstream({ origin, answer }: Evidence, reason: StateReason): Verdict {
  const modified = isModified(origin, origin.baseDigest ?? answer?.base ?? null) ?? false
  return { state: modified ? 'modified' : 'unknown', reason, upstreamVersion: null, base: null }
}

function byContent({ origin }: Evidence, answer: Answer, digest: string): Verdict {
  const verdict = (state: ArtifactState, reason: StateReason | null, base: string | null): Verdict => ({
    state,
    reason,
    // Where nothing is newer, a commit elsewhere in the repository is no news either
    upstreamVersion: isBehind(state) ? versionOf(answer) : namedVersion(answer),
    base,
  })
  if (origin.localDigest === digest) return verdict('current', null, digest)
  const base = origin.baseDigest ?? answer.base ?? (isSameRevision(origin, answer) ? digest : null)
  const modified = isModified(origin, base)
  if (base === null) return verdict(modified ? 'modified' : 'unknown', 'base_unknown', null)
  const outdated = digest !== base && !isNewer(origin.baseVersion, namedVersion(answer))
  return verdict(stateOf(outdated, modified ?? false), null, base)
}

/** Nobody knows the place inside of the source: only that all of it is as it was, or versions, tell something. */
function byWhole({ origin }: Evidence, answer: Answer): Verdict {
  const upstreamVersion = namedVersion(answer)
  const modified = origin.localModified ?? false
  const isSame =
    (origin.baseRevision !== null && origin.baseRevision === answer.revision) ||
    (answer.base !== null && answer.base === answer.item.digest)
  const known = { upstreamVersion, base: null }
  if (isSame) return { state: stateOf(false, modified), reason: null, ...known }
  if (bothSemVer(origin.baseVersion, upstreamVersion)) {
    return {
      state: stateOf(isOutdated(origin.baseVersion, upstreamVersion), modified),
      reason: null,
      ...known,
    }
  }
  return { state: modified ? 'modified' : 'unknown', reason: 'path_unknown', ...known }
}

function byVersion({ origin, scan, recordedAt }: Evidence, answer: Answer): Verdict {
  const modified = isModified(origin, origin.baseDigest) ?? false
  const offered = newest(answer.item.version, scan.upstreamVersion, recordedAt > answer.checkedAt)
  const upstreamVersion = offered ?? namedVersion(answer)
  const known = { upstreamVersion, base: null }
  if (origin.baseVersion === null) {
    return { state: modified ? 'modified' : 'unknown', reason: 'version_unknown', ...known }
  }
  // The tags of a repository say nothing of somebody who follows a branch
  if (offered === null && !bothSemVer(origin.baseVersion, upstreamVersion)) {
    return { state: modified ? 'modified' : 'unknown', reason: 'base_unknown', ...known }
  }
  return { state: stateOf(isOutdated(origin.baseVersion, upstreamVersion), modified), reason: null, ...known }
}

/** Null when nobody can tell. Equal contents outweigh a record that is kept in another way. */
function isModified({ localDigest, localModified }: Evidence['origin'], base: string | null): boolean | null {
  if (localDigest !== null && localDigest === base) return false
  if (localModified !== null) return localModified
  return localDigest === null || base === null ? null : true
}

/** What was installed from the very commit that the answer is of; one of the two ids may be cut short. */
function isSameRevision({ baseRevision }: Evidence['origin'], { revision, item }: Answer): boolean {
  const answered = revision ?? item.version
  return baseRevision !== null && answered !== null && compareVersions(baseRevision, answered) === 0
}

/** What people call what upstream has: its version, else the commit, else the folder's own id. */
const versionOf = (answer: Answer): string | null =>
  namedVersion(answer) ?? (answer.revision ?? answer.item.digest)?.slice(0, 7) ?? null

const namedVersion = ({ item, version }: Answer): string | null => item.version ?? version

/** The higher of two versions; where there is no order, the one that was learnt last. */
function newest(answered: string | null, scanned: string | null, scanIsNewer: boolean): string | null {
  if (answered === null || scanned === null) return answered ?? scanned
  if (bothSemVer(answered, scanned)) return (compareVersions(answered, scanned) ?? 0) < 0 ? scanned : answered
  return scanIsNewer ? scanned : answered
}

const bothSemVer = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && isSemVer(a) && isSemVer(b)

/** A version installed from ahead of what its source offers is not outdated (formats spec section 11). */
const isNewer = (installed: string | null, offered: string | null): boolean =>
  bothSemVer(installed, offered) && (compareVersions(installed as string, offered as string) ?? 0) > 0
