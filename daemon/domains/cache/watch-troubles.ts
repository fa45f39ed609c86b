import type { DaemonContext } from '../../context.ts'
import type { WatchTrouble } from '../../kernel/watcher/watcher.ts'

/** Folders that one warning names at most. */
const NAMED = 3

/** What the system says, in words. */
const reasons: Readonly<Record<string, string>> = {
  budget:
    'they have more folders than smd may watch, which is half of what the system grants (max_user_watches), or watch.max_folders',
  ENOSPC: 'the system grants no more watches (ENOSPC)',
  EMFILE: 'the system grants no more watchers or open files (EMFILE)',
}

/** What cannot be watched, and why, as warnings. */
export class WatchTroubles {
  readonly #ctx: Pick<DaemonContext, 'settings' | 'health'>
  readonly #failed = new Map<number, string>()
  readonly #network = new Map<number, { path: string; kind: string }>()

  constructor(ctx: Pick<DaemonContext, 'settings' | 'health'>) {
    this.#ctx = ctx
  }

  /** Everything is tried again. Warnings stay until it is told what came of it. */
  reset(): void {
    this.#failed.clear()
    this.#network.clear()
  }

  /** Nothing is watched any more. */
  clear(): void {
    this.reset()
    for (const code of ['watch.limited', 'watch.network', 'watch.unreadable'] as const)
      this.#ctx.health.clear(code)
  }

  onFailed(unitId: number, trouble: WatchTrouble, detail: string): void {
    const other = trouble === 'name' ? `the name of ${detail} is not UTF-8` : `the system says ${detail}`
    this.#failed.set(unitId, reasons[detail] ?? other)
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
    const [reason] = this.#failed.values()
    if (reason === undefined) health.clear('watch.limited')
    else health.warn('watch.limited', { units: this.#failed.size, total, seconds, reason })
    const [first] = this.#network.values()
    if (!first) {
      health.clear('watch.network')
      return
    }
    const kinds = [...new Set([...this.#network.values()].map(({ kind }) => kind))].join(', ')
    health.warn('watch.network', { units: this.#network.size, kinds, path: first.path, seconds })
  }
}
