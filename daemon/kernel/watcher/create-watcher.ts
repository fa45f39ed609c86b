import { ChokidarWatcher } from './chokidar-watcher.ts'
import { FolderWatcher } from './folder-watcher.ts'
import { inotifyLimits } from './limits.ts'
import type { Watcher, WatchListener } from './watcher.ts'

/** Loaded with the daemon where it is needed, since its file may be replaced later (promise L9). */
const chokidar = process.platform === 'linux' ? null : import('chokidar')
// Whoever wants to watch is told; until then it is nobody's failure
chokidar?.catch(() => undefined)

/** Without a limit of the system: what a process may well hold. */
const USUAL_BUDGET = 20_000

/**
 * The way to watch on this system: ADR 0015. `budget`: folders watched at most; null for half of what the system grants
 * (promise P5).
 */
export function createWatcher(listener: WatchListener, budget: () => number | null): Watcher {
  if (chokidar) return new ChokidarWatcher(listener, { chokidar, budget: () => budget() ?? USUAL_BUDGET })
  const limits = inotifyLimits()
  return new FolderWatcher(listener, {
    limits,
    budget: () => budget() ?? Math.floor(limits.watches / 2),
  })
}
