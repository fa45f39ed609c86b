/** What a scan has to read, told by the ledger of a generated tree: so the floor reads the same files as the product. */
import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readDemoHome } from '../../demo/build-demo-home.ts'

/** One artifact: a folder with all its files, one file, or a part of a configuration file. */
export type PlannedArtifact = {
  kind: 'folder' | 'file' | 'part'
  /** Absolute. */
  path: string
  relPath: string
  fragment: string
  name: string
  type: string
  scope: string
  host: string
}

/** What is read and written together: one project, one plugin, the user's own. */
export type PlannedUnit = {
  path: string
  isProject: boolean
  /** Folders to look into, as they hold artifacts. */
  folders: string[]
  artifacts: PlannedArtifact[]
}

export type ScanPlan = { home: string; units: PlannedUnit[] }

/** Throws when there is no generated tree at `folder`. */
export function planScan(folder: string): ScanPlan {
  const demo = readDemoHome(folder)
  if (!demo) throw new Error(`there is no generated tree in ${folder}`)
  const projects = new Set(demo.projects.map((project) => project.path))
  const units = new Map<string, PlannedUnit>()
  for (const { unit, path, fragment, name, type, scope, host } of demo.expected) {
    const planned = units.get(unit) ?? {
      path: join(demo.home, unit),
      isProject: projects.has(unit),
      folders: [],
      artifacts: [],
    }
    units.set(unit, planned)
    const full = join(demo.home, path)
    // A plugin is told by its manifest; the files in it belong to its skills.
    const part = fragment !== '' || type === 'plugin'
    const kind = part ? 'part' : lstatSync(full).isFile() ? 'file' : 'folder'
    const relPath = path.slice(unit === '' ? 0 : unit.length + 1)
    planned.artifacts.push({ kind, path: full, relPath, fragment, name, type, scope, host })
  }
  for (const planned of units.values()) {
    const holding = planned.artifacts.filter(({ kind }) => kind !== 'part').map(({ path }) => dirname(path))
    planned.folders = [...new Set(holding)]
  }
  return { home: demo.home, units: [...units.values()] }
}
