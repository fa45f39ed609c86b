import { readdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { projectMarkerChildren, projectMarkers } from './agents.ts'
import type { MachineFolders } from './types.ts'

/**
 * The nearest folder at or above `from` that holds something for agents, or null. The home folder, what lies above it
 * and the agents' own folders in it are no projects.
 */
export function findProjectFolder(from: string, folders: MachineFolders): string | null {
  try {
    const home = realpathSync(folders.home)
    const settings = [folders.claudeConfig, folders.skillmeat]
    for (let folder = realpathSync(from); ; folder = dirname(folder)) {
      if (
        folder === home ||
        folder === dirname(folder) ||
        settings.includes(folder) ||
        home.startsWith(`${folder}/`)
      )
        return null
      if (isProject(folder)) return folder
    }
  } catch {
    // A folder that cannot be read, or vanished, is no project: the caller only takes a hint.
    return null
  }
}

function isProject(folder: string): boolean {
  return readdirSync(folder).some((name) => {
    if (projectMarkers.has(name)) return true
    const children = projectMarkerChildren.get(name)
    return (
      children !== undefined && readdirSync(`${folder}/${name}`).some((child) => children.includes(child))
    )
  })
}
