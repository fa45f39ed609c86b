/** Managers that write into the skill itself: `gh skill` into the frontmatter, openskills a file beside it. */
import { join } from 'node:path'
import { lookAt, readConfigFile } from './config-file.ts'
import { ownValue, recordAt, shorten, textOf } from './json-values.ts'
import { openskillsFile } from './left-out.ts'
import { originOf } from './origins.ts'
import { folderOfSkillPath, gitSource } from './source-text.ts'
import type { ScanCounters, ScanEnvironment, ScannedArtifact, ScanUnit } from './types.ts'
import { gitPlace, localPlace, unsupported } from './upstream-place.ts'

/** Fills in what the skill says of its own origin (ecosystem spec section 6). False when it says nothing. */
export function readInFileRecord(
  unit: ScanUnit,
  env: ScanEnvironment,
  artifact: ScannedArtifact,
  counters: ScanCounters,
): boolean {
  if (artifact.type !== 'skill') return false
  return applyGhSkill(unit, env, artifact, counters) || applyOpenskills(unit, env, artifact, counters)
}

function applyGhSkill(
  unit: ScanUnit,
  env: ScanEnvironment,
  artifact: ScannedArtifact,
  counters: ScanCounters,
): boolean {
  const nested = recordAt(artifact.metadata, 'metadata')
  const text = (key: string): string | null => {
    const value = textOf(ownValue(nested, key) ?? ownValue(artifact.metadata, key))
    return value === '***' ? null : value
  }
  const repo = text('github-repo')
  const local = text('local-path')
  if (repo === null && local === null) return false
  const ref = (text('github-pinned') ?? text('github-ref'))?.replace(/^refs\/(?:tags|heads)\//, '') ?? null
  const path = text('github-path')
  artifact.source =
    repo === null
      ? `local:${shorten(local as string, 500)}`
      : (gitSource(repo, { path: path && folderOfSkillPath(path), version: ref }) ?? artifact.source)
  artifact.deployedVersion = ref ?? artifact.deployedVersion
  artifact.metadata.managedBy = 'gh-skill'
  const pinned = text('github-pinned')
  const branch = /^refs\/heads\/(.+)$/.exec(text('github-ref') ?? '')?.[1]
  const inside = path === null ? null : folderOfSkillPath(path)
  artifact.origin = originOf(
    join(unit.path, artifact.relPath),
    {
      place:
        repo === null
          ? localPlace(local as string)
          : gitPlace(repo, { path: inside, ref: pinned ?? branch ?? null }),
      version: ref,
    },
    null,
    env,
    counters,
  )
  return true
}

function applyOpenskills(
  unit: ScanUnit,
  env: ScanEnvironment,
  artifact: ScannedArtifact,
  counters: ScanCounters,
): boolean {
  const file = lookAt(join(unit.path, artifact.relPath, openskillsFile), counters)
  if (!file.stats) return false
  const { value } = readConfigFile(file, 'json', counters)
  const text = (key: string): string | null => textOf(ownValue(value, key))
  const address = text('repoUrl') ?? text('source')
  const local = text('localPath')
  const isLocal = text('sourceType') === 'local' || (address === null && local !== null)
  const source = isLocal
    ? `local:${shorten(local ?? address ?? '', 500)}`
    : address && gitSource(address, { path: text('subpath') })
  if (!source) return false
  artifact.source = source
  artifact.metadata.managedBy = 'openskills'
  const place = isLocal
    ? localPlace(local ?? address ?? '')
    : address === null
      ? unsupported
      : gitPlace(address, { path: text('subpath') ?? '' })
  const installed = { place, version: null, mark: text('installedAt') ?? '' }
  artifact.origin = originOf(join(unit.path, artifact.relPath), installed, null, env, counters)
  return true
}
