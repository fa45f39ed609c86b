import { FolderWatcher } from './folder-watcher.ts'
import { inotifyLimits } from './limits.ts'
import type { Watcher, WatchListener } from './watcher.ts'

/** The way to watch on this system. `budget`: folders watched at most; null for half of what the system grants. */
export function createWatcher(listener: WatchListener, budget: () => number | null): Watcher {
  const limits = inotifyLimits()
  return new FolderWatcher(listener, {
    limits,
    budget: () => budget() ?? Math.floor(limits.watches / 2),
  })
}
