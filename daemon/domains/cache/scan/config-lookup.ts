/** Finds the configuration files of a unit, without reading any. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { resolveUserPath } from './agents.ts'
import { type FileState, lookAt } from './config-file.ts'
import { type ConfigLocation, configLocations, projectConfigRoots } from './config-locations.ts'
import type { ScanCounters, ScanEnvironment, ScanUnit } from './types.ts'

export type LocatedFile = { location: ConfigLocation; file: FileState }

const collectionManifests: readonly ConfigLocation[] = ['collection.toml', 'manifest.toml'].map((path) => ({
  host: 'skillmeat',
  scope: 'collection',
  path,
  format: 'toml',
}))

/** The files of the table that exist for this unit, in the table's order. */
export function locateConfigFiles(
  unit: ScanUnit,
  env: ScanEnvironment,
  counters: ScanCounters,
): LocatedFile[] {
  if (unit.kind === 'plugin') return []
  const rows = rowsOf(unit, counters)
  const located: LocatedFile[] = []
  for (const row of rows) {
    const path = row.scope === 'user' ? resolveUserPath(row.path, env.folders) : join(unit.path, row.path)
    for (const each of expand(path, counters)) {
      const file = lookAt(each, counters)
      if (file.stats || file.error) located.push({ location: row, file })
    }
  }
  // A collection has one manifest; collection.toml is the one in use (formats spec section 1)
  return unit.kind === 'collection' ? located.slice(0, 1) : located
}

function rowsOf(unit: ScanUnit, counters: ScanCounters): readonly ConfigLocation[] {
  if (unit.kind === 'collection') return collectionManifests
  if (unit.kind !== 'project') return configLocations.filter((row) => row.scope === unit.kind)
  let names: Set<string>
  try {
    counters.directories++
    // One reading of the folder answers for thirty files that most projects do not have
    names = new Set(readdirSync(unit.path).map((name) => name.toLowerCase()))
  } catch {
    return []
  }
  const present = [...projectConfigRoots].filter((root) => names.has(root.toLowerCase()))
  if (present.length === 0) return []
  return configLocations.filter(
    (row) =>
      (row.scope === 'project' || row.scope === 'local') &&
      present.includes(row.path.split('/')[0] as string),
  )
}

/** A path, or the files it stands for. */
function expand(path: string, counters: ScanCounters): string[] {
  if (!path.endsWith('*.json')) return [path]
  const folder = path.slice(0, -'/*.json'.length)
  try {
    counters.directories++
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
