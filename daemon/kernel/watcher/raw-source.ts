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

const options = { persistent: false } as const

/**
 * `fs.watch` for each folder. All watches share two functions and tell the folder by a field: a closure for each would
 * be another 100 bytes, ten thousand times.
 */
export function inotifySource<Target>(listener: RawListener<Target>): RawSource<Target> {
  function onChange(this: Marked<Target>, event: string, name: string | null): void {
    listener(this[folder], event as RawEvent, name)
  }
  // A watch that fails later has lost its folder; what is above it tells the rest.
  function onError(this: Marked<Target>): void {
    this.close()
    listener(this[folder], 'rename', null)
  }
  return {
    watch(path, target) {
      const watcher = watch(path, options) as Marked<Target>
      watcher[folder] = target
      watcher.on('change', onChange)
      watcher.on('error', onError)
      return watcher
    },
  }
}
