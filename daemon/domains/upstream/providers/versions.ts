import type { SemVer } from 'semver'
import compareBuild from 'semver/functions/compare-build.js'
import parseSemVer from 'semver/functions/parse.js'

/** True for SemVer 2.0, also with a leading `v`. */
export const isVersion = (text: string): boolean => parseSemVer(text.trim()) !== null

type Found = { text: string; version: SemVer }

/**
 * The newest of the versions that is meant for people, as it is written there: the highest without a pre-release. A
 * pre-release only when there is nothing else, or when `installed` is one, too. Null when none is a version.
 */
export function newestVersion(versions: Iterable<string>, installed: string | null = null): string | null {
  const takesPreReleases = installed !== null && isPreRelease(parseSemVer(installed))
  let stable: Found | null = null
  let any: Found | null = null
  for (const text of versions) {
    const version = parseSemVer(text)
    if (!version) continue
    if (!any || compareBuild(version, any.version) > 0) any = { text, version }
    if (isPreRelease(version)) continue
    if (!stable || compareBuild(version, stable.version) > 0) stable = { text, version }
  }
  return (takesPreReleases ? any : (stable ?? any))?.text ?? null
}

const isPreRelease = (version: SemVer | null): boolean => (version?.prerelease.length ?? 0) > 0
