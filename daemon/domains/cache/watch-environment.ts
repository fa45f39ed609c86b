import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFolders } from '../../kernel/config/machine-folders.ts'
import type { Paths } from '../../kernel/config/paths.ts'
import { leaf, type WatchRule } from '../../kernel/watcher/rule.ts'
import { environmentRoots } from './watch-places.ts'

/** Files that concern all units, looked at where they cannot be watched. */
export class EnvironmentFiles {
  readonly #folders: MachineFolders
  readonly #paths: Pick<Paths, 'configFile'>
  #known: Map<string, string> | null = null

  constructor(folders: MachineFolders, paths: Pick<Paths, 'configFile'>) {
    this.#folders = folders
    this.#paths = paths
  }

  /** Those that are others than last time; none the first time. */
  changed(): string[] {
    const before = this.#known
    const now = this.#look()
    this.#known = now
    if (before === null) return []
    const paths = new Set([...before.keys(), ...now.keys()])
    return [...paths].filter((path) => before.get(path) !== now.get(path))
  }

  #look(): Map<string, string> {
    const seen = new Map<string, string>()
    const look = (path: string, rule: WatchRule): void => {
      const stats = statOf(path)
      if (!stats) return
      if (!stats.isDirectory()) seen.set(path, `${stats.size} ${stats.mtimeMs} ${stats.ino}`)
      else if (!rule.enters) seen.set(path, String(stats.ino))
      else {
        for (const name of namesIn(path)) {
          const below = rule.of(name)
          if (below) look(join(path, name), below)
        }
      }
    }
    for (const { path, rule } of environmentRoots(this.#folders, this.#paths)) look(path, rule)
    look(this.#folders.claudeJson, leaf)
    return seen
  }
}

function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // Where nothing can be looked at, nothing is to be compared
    return undefined
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
