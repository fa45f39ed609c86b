/** What the rest of the daemon knows of watching: places that matter to somebody, and who is told of what. */
import type { WatchRoot } from './rule.ts'

/** Whoever wants to know of changes; a number of the caller's choice. */
export type Owner = number

/**
 * Why a place cannot be watched: `limit` more folders than may be watched, `system` the system refuses for another
 * reason, `name` a folder whose name is not UTF-8 and that therefore has no path.
 */
export type WatchTrouble = 'limit' | 'system' | 'name'

export type WatchListener = {
  /** Something happened to `name` in the folder `dir`; at once, for each event. `name` is empty for the folder itself. */
  changed(owner: Owner, dir: string, name: string): void
  /** Events may have been lost: anything may have changed. */
  overflowed(): void
  /** The owner's places cannot be watched any more, and are not. `detail`: what the system said. */
  failed(owner: Owner, trouble: WatchTrouble, detail: string): void
  /** These folders cannot be read, so nothing in them is noticed; all others are watched. */
  unreadable(folders: ReadonlySet<string>): void
}

/** One way to watch. */
export type Watcher = {
  /** How it works, in a word, for people. */
  readonly backend: string
  /** Folders watched now. */
  readonly folders: number
  /** Sets what the owner wants to know of, in place of what it wanted. Takes effect by and by: see `ready`. */
  set(owner: Owner, roots: readonly WatchRoot[]): void
  remove(owner: Owner): void
  /** Resolves when everything that was set, and every folder that appeared, is watched. */
  ready(): Promise<void>
  /** Has everything looked at again, because events may have been lost. */
  lookAgain(): void
  close(): Promise<void>
}
