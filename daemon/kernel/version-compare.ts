/** Whether a deployed version is behind its upstream, and how (formats spec section 11, CACHE-5.2b). */
import type { SemVer } from 'semver'
import parseSemVer from 'semver/functions/parse.js'

/**
 * Negative when `a` is older, positive when newer, 0 when the same, null when they differ without an order.
 * SemVer 2.0 with or without `v`; a version that is not SemVer is older than one that is; two commits, or two words,
 * have no order; two dotted numbers compare number by number.
 */
export function compareVersions(a: string, b: string): number | null {
  const x = parse(a)
  const y = parse(b)
  if (x && y) return x.compare(y)
  if (x || y) return x ? 1 : -1
  const [p, q] = [a.trim(), b.trim()]
  if (p === q) return 0
  if (dottedNumber.test(p) && dottedNumber.test(q)) return compareDotted(p, q)
  if (commit.test(p) && commit.test(q) && sameCommit(p, q)) return 0
  return null
}

/** True when there is something newer, or merely something else, upstream. An unknown version is never outdated. */
export function isOutdated(deployed: string | null, upstream: string | null): boolean {
  if (!deployed?.trim() || !upstream?.trim()) return false
  const order = compareVersions(deployed, upstream)
  return order === null || order < 0
}

/** One line about the step from deployed to upstream, e.g. `patch version upgrade (0 -> 1)`; null when there is none. */
export function describeDifference(deployed: string | null, upstream: string | null): string | null {
  if (!deployed?.trim() || !upstream?.trim()) return null
  const order = compareVersions(deployed, upstream)
  if (order === 0) return null
  const x = parse(deployed)
  const y = parse(upstream)
  if (!x || !y) return `${deployed.trim()} -> ${upstream.trim()}`
  const direction = (order ?? 0) < 0 ? 'upgrade' : 'downgrade'
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (x[part] !== y[part]) return `${part} version ${direction} (${x[part]} -> ${y[part]})`
  }
  const [from, to] = [x.prerelease.join('.'), y.prerelease.join('.')]
  if (to === '') return `upgrade to stable from pre-release (${from})`
  if (from === '') return `downgrade to pre-release (${to})`
  return `pre-release change (${from} -> ${to})`
}

/**
 * How large the step from deployed to upstream is, for sorting: 5 for another major version, 4 minor, 3 patch, 2 between
 * pre-releases, 1 between what has no parts, such as commits; 0 when there is none, or a version is not known.
 */
export function differenceRank(deployed: string | null, upstream: string | null): number {
  if (!deployed?.trim() || !upstream?.trim() || compareVersions(deployed, upstream) === 0) return 0
  const x = parse(deployed)
  const y = parse(upstream)
  if (!x || !y) return 1
  if (x.major !== y.major) return 5
  if (x.minor !== y.minor) return 4
  return x.patch === y.patch ? 2 : 3
}

/** Whether a text is a version of SemVer 2.0, with or without `v`. */
export const isSemVer = (version: string): boolean => parse(version) !== null

const parse = (version: string): SemVer | null => parseSemVer(version.trim())

const dottedNumber = /^v?\d+(?:\.\d+)*$/
const commit = /^[0-9a-f]{7,40}$/i

/** One may be the short form of the other. */
function sameCommit(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  return x.startsWith(y) || y.startsWith(x)
}

/** A missing component counts as 0; numbers may have any length. */
function compareDotted(a: string, b: string): number {
  const [x, y] = [numbersOf(a), numbersOf(b)]
  for (let at = 0; at < Math.max(x.length, y.length); at++) {
    const [p, q] = [x[at] ?? 0n, y[at] ?? 0n]
    if (p !== q) return p < q ? -1 : 1
  }
  return 0
}

const numbersOf = (version: string): bigint[] => version.replace(/^v/, '').split('.').map(BigInt)
