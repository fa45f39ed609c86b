/** Managers that write into the skill itself: `gh skill` into the frontmatter, openskills a file beside it. */
import { join } from 'node:path'
import { lookAt, readConfigFile } from './config-file.ts'
import { ownValue, recordAt, shorten, textOf } from './json-values.ts'
import { folderOfSkillPath, gitSource } from './source-text.ts'
import type { ScanCounters, ScannedArtifact, ScanUnit } from './types.ts'

/** Fills in what the skill says of its own origin (ecosystem spec section 6). False when it says nothing. */
export function readInFileRecord(unit: ScanUnit, artifact: ScannedArtifact, counters: ScanCounters): boolean {
  if (artifact.type !== 'skill') return false
  return applyGhSkill(artifact) || applyOpenskills(unit, artifact, counters)
}

function applyGhSkill(artifact: ScannedArtifact): boolean {
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
  return true
}

function applyOpenskills(unit: ScanUnit, artifact: ScannedArtifact, counters: ScanCounters): boolean {
  const file = lookAt(join(unit.path, artifact.relPath, '.openskills.json'), counters)
  if (!file.stats) return false
  const { value } = readConfigFile(file, 'json', counters)
  const text = (key: string): string | null => textOf(ownValue(value, key))
  const address = text('repoUrl') ?? text('source')
  const local = text('localPath')
  const source =
    text('sourceType') === 'local' || (address === null && local !== null)
      ? `local:${shorten(local ?? address ?? '', 500)}`
      : address && gitSource(address, { path: text('subpath') })
  if (!source) return false
  artifact.source = source
  artifact.metadata.managedBy = 'openskills'
  return true
}
