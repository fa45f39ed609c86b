/** What lies at the places that deployment records name. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { unknownHash } from '../unknown-hash.ts'
import { followLink } from './artifact-files.ts'
import { noCounters } from './config-file.ts'
import { hashFile, hashFolder, type ListedFile } from './content-hash.ts'
import { type DeploymentRecord, placeOf } from './deployment-records.ts'
import { isLeftOut } from './left-out.ts'
import { artifactKey, type ScanLimits, type ScannedArtifact, type ScannedDeployment } from './types.ts'

/**
 * Each record with the artifact at its place, by key; of what is no artifact (hooks and servers as files, a skill without
 * its main file), H1 as it is now. `unchanged`: keys of artifacts whose files were not read.
 */
export function placeRecords(
  unitPath: string,
  records: readonly DeploymentRecord[],
  changed: readonly ScannedArtifact[],
  unchanged: readonly string[],
  limits: ScanLimits,
): ScannedDeployment[] {
  const keys = new Map<string, string>()
  for (const artifact of changed)
    if (artifact.fragment === '')
      keys.set(`${artifact.type} ${placeOf(artifact.relPath)}`, artifactKey(artifact))
  for (const key of unchanged) {
    const [, type, relPath] = /^[a-z]+:([a-z-]+):(.*)#$/s.exec(key) ?? []
    if (type !== undefined && relPath !== undefined) keys.set(`${type} ${placeOf(relPath)}`, key)
  }
  return records.map(({ place, collectionKey: _, ...record }) => {
    const key = keys.get(`${record.type} ${place}`) ?? null
    return { ...record, key, foundHash: key === null ? hashAt(unitPath, record.path, limits) : null }
  })
}

/** H1 of the folder or file, or `unknownHash`; null for nothing. */
function hashAt(unitPath: string, path: string, limits: ScanLimits): string | null {
  if (path.split('/').includes('..')) return null
  const absPath = path.startsWith('/') ? path : join(unitPath, path)
  try {
    const stats = statSync(absPath)
    if (stats.isFile()) return hashFile({ absPath, sizeBytes: stats.size }).hash
    const files: ListedFile[] = []
    if (!listInto(files, absPath, '', limits)) return unknownHash
    return files.length > 0 ? hashFolder(files).hash : null
  } catch (error) {
    return isAbsent(error) ? null : unknownHash
  }
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

function listInto(files: ListedFile[], folder: string, prefix: string, limits: ScanLimits): boolean {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (isLeftOut(entry.name)) continue
    const absPath = join(folder, entry.name)
    const relPath = prefix + entry.name
    if (entry.isDirectory()) {
      if (!listInto(files, absPath, `${relPath}/`, limits)) return false
      continue
    }
    // A link that leads nowhere counts as little as it does for H1.
    const stats = entry.isSymbolicLink()
      ? followLink(absPath, noCounters()).stats
      : statSync(absPath, { throwIfNoEntry: false })
    if (stats?.isFile()) files.push({ absPath, relPath, sizeBytes: stats.size })
    if (files.length > limits.maxArtifactFiles) return false
  }
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= limits.maxArtifactBytes
}
