import type { DaemonContext } from '../../context.ts'
import type { WatchTrouble } from '../../kernel/watcher/watcher.ts'

/** Folders that one warning names at most. */
const NAMED = 3

/** What the system says, in words, and what lets it grant more. */
const limits: Readonly<Record<string, { reason: string; sysctl: string }>> = {
  budget: {
    reason:
      'they have more folders than smd may watch, which is half of what the system grants (max_user_watches), or watch.max_folders',
    sysctl: 'fs.inotify.max_user_watches=524288',
  },
  ENOSPC: {
    reason: 'the system grants no more watches (ENOSPC)',
    sysctl: 'fs.inotify.max_user_watches=524288',
  },
  EMFILE: {
    reason: 'the system grants no more watchers or open files (EMFILE)',
    sysctl: 'fs.inotify.max_user_instances=1024',
  },
}

/** What cannot be watched, and why, as warnings. */
export class WatchTroubles {
  readonly #ctx: Pick<DaemonContext, 'settings' | 'health'>
  /** What the watcher said, by unit. */
  readonly #limited = new Map<number, string>()
  readonly #refused = new Map<number, string>()
  readonly #network = new Map<number, { path: string; kind: string }>()

  constructor(ctx: Pick<DaemonContext, 'settings' | 'health'>) {
    this.#ctx = ctx
  }

  /** Everything is tried again. Warnings stay until it is told what came of it. */
  reset(): void {
    this.#limited.clear()
    this.#refused.clear()
    this.#network.clear()
  }

  /** Nothing is watched any more. */
  clear(): void {
    this.reset()
    for (const code of ['watch.limited', 'watch.refused', 'watch.network', 'watch.unreadable'] as const)
      this.#ctx.health.clear(code)
  }

  onFailed(unitId: number, trouble: WatchTrouble, detail: string): void {
    if (limits[detail]) this.#limited.set(unitId, detail)
    else if (trouble === 'name') this.#refused.set(unitId, `the name of ${detail} is not UTF-8`)
    else this.#refused.set(unitId, `the system says ${detail}`)
  }

  onNetwork(unitId: number, path: string, kind: string): void {
    this.#network.set(unitId, { path, kind })
  }

  onUnreadable(folders: ReadonlySet<string>): void {
    const { health } = this.#ctx
    if (folders.size === 0) {
      health.clear('watch.unreadable')
      return
    }
    const some = [...folders].slice(0, NAMED).join(', ')
    const more = folders.size > NAMED ? ` and ${folders.size - NAMED} more` : ''
    health.warn('watch.unreadable', { folders: some + more })
  }

  /** Raises the warnings, or takes them back. `total`: units known. */
  tell(total: number): void {
    const { health, settings } = this.#ctx
    const seconds = settings.current.watch.scan_interval_seconds
    const [limited] = this.#limited.values()
    const limit = limited === undefined ? undefined : limits[limited]
    if (!limit) health.clear('watch.limited')
    else health.warn('watch.limited', { units: this.#limited.size, total, seconds, ...limit })
    const [reason] = this.#refused.values()
    if (reason === undefined) health.clear('watch.refused')
    else health.warn('watch.refused', { units: this.#refused.size, total, seconds, reason })
    const [first] = this.#network.values()
    if (!first) {
      health.clear('watch.network')
      return
    }
    const kinds = [...new Set([...this.#network.values()].map(({ kind }) => kind))].join(', ')
    health.warn('watch.network', { units: this.#network.size, kinds, path: first.path, seconds })
  }
}
