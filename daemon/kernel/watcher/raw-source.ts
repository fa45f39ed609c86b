/** Where events come from on Linux: one inotify watch per folder, all of one queue. */
import { type FSWatcher, watch } from 'node:fs'

/** One watch of one folder. */
export type RawWatch = { close(): void }

export type RawEvent = 'rename' | 'change'

/** Told of each event with what the watch was set for. `name` is null when the system does not say it. */
export type RawListener<Target> = (target: Target, event: RawEvent, name: string | null) => void

/** Sets watches; replaced in tests. */
export type RawSource<Target> = {
  /** Watches the entries of the folder `path`. Errors: those of inotify: ENOENT, ENOTDIR, EACCES, ENOSPC, EMFILE. */
  watch(path: string, target: Target): RawWatch
}

const folder = Symbol('folder')
type Marked<Target> = FSWatcher & { [folder]: Target }
type Emit<Target> = (this: Marked<Target>, event: string, ...values: unknown[]) => boolean

const options = { persistent: false } as const

/**
 * `fs.watch` for each folder. All watches share one function, in the place of `emit`, and tell the folder by a field:
 * listeners in a table of each watch, or a closure, would be another 200 bytes, ten thousand times.
 */
export function inotifySource<Target>(listener: RawListener<Target>): RawSource<Target> {
  const emit: Emit<Target> = function (event, first, second) {
    if (event === 'change') listener(this[folder], first as RawEvent, second as string | null)
    else if (event === 'error') {
      // A watch that fails later has lost its folder; what is above it tells the rest.
      this.close()
      listener(this[folder], 'rename', null)
    }
    return true
  }
  return {
    watch(path, target) {
      const watcher = watch(path, options) as Marked<Target>
      // An emitter makes its table anew should somebody want to listen.
      Object.assign(watcher, { [folder]: target, emit, _events: undefined })
      return watcher
    },
  }
}
