import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import {
  childPath,
  type Folder,
  FRESH,
  type Interest,
  interestsOf,
  newFolder,
  pathOf,
  QUEUED,
  RENEW,
  sameInterests,
  waysOf,
} from './folder.ts'
import { FolderTree } from './folder-tree.ts'
import { type InotifyLimits, inotifyLimits } from './limits.ts'
import { OverflowGuard } from './overflow.ts'
import { inotifySource, type RawEvent, type RawListener, type RawSource } from './raw-source.ts'
import type { WatchRoot } from './rule.ts'
import type { Owner, Watcher, WatchListener } from './watcher.ts'

export type FolderWatcherOptions = {
  /** Folders watched at most; by default half of what the user may watch (promise P5). */
  budget?: () => number
  limits?: InotifyLimits
  clock?: Clock
  source?: (listener: RawListener<Folder>) => RawSource<Folder>
}

/** How long the loop is kept at a time while folders are looked at, ms. */
const SLICE_MS = 8
/** Entries of one folder looked at before the time is looked at. */
const SOME = 100

const withTypes = { withFileTypes: true } as const
const noThrow = { throwIfNoEntry: false } as const

type Kind = 'folder' | 'link' | 'other'

/**
 * One watch for each folder that matters (Linux).
 *
 * Each place is watched together with all folders above it, so that moved, deleted and re-created ones are noticed
 * wherever that happens. A folder is read after its watch is set: what was there before is in the list, what comes later
 * is an event. What was moved or replaced gets new watches, because those there are went along with it.
 */
export class FolderWatcher implements Watcher {
  readonly backend = 'inotify'
  folders = 0
  readonly #listener: WatchListener
  readonly #clock: Clock
  readonly #source: RawSource<Folder>
  readonly #guard: OverflowGuard
  readonly #budget: () => number
  readonly #tree = new FolderTree({
    changed: (folder) => this.#enqueue(folder, 0),
    dropped: (folder) => {
      this.#looks.delete(folder)
      this.#readable(folder)
      this.#closeWatch(folder)
    },
  })
  #queue: Folder[] = []
  #head = 0
  /** Entries that something happened to. */
  #looks = new Map<Folder, Set<string>>()
  #isRunning = false
  #isClosed = false
  /** Overflows since everything was last looked at. */
  #overflows = 0
  #waiting: Array<() => void> = []
  /** Told once more when all is watched: what they were told before came before the watches. */
  readonly #again = new Set<Owner>()
  readonly #unreadable = new Set<string>()
  #isUnreadableNew = false

  constructor(listener: WatchListener, options: FolderWatcherOptions = {}) {
    const limits = options.limits ?? inotifyLimits()
    this.#listener = listener
    this.#clock = options.clock ?? systemClock
    this.#budget = options.budget ?? (() => Math.floor(limits.watches / 2))
    this.#source = (options.source ?? inotifySource)((folder, event, name) =>
      this.#heard(folder, event, name),
    )
    this.#guard = new OverflowGuard(this.#clock, limits.queuedEvents, () => this.#overflow())
  }

  set(owner: Owner, roots: readonly WatchRoot[]): void {
    if (!this.#isClosed) this.#tree.set(owner, roots)
  }

  remove(owner: Owner): void {
    this.#again.delete(owner)
    this.#tree.remove(owner)
  }

  ready(): Promise<void> {
    if (this.#isClosed || !this.#isBusy()) return Promise.resolve()
    return new Promise((done) => this.#waiting.push(done))
  }

  lookAgain(): void {
    for (const owner of this.#tree.owners) this.#again.add(owner)
    this.#enqueue(this.#tree.top, RENEW)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#queue = []
    this.#looks.clear()
    this.#tree.clear()
    this.#finish()
  }

  // Events

  #heard(folder: Folder, event: RawEvent, name: string | null): void {
    this.#guard.count()
    if (folder.gone) return
    if (name === null) {
      // The folder has no watch any more
      if (folder.parent) this.#look(folder.parent, folder.name)
      return
    }
    let matters = folder.ways?.has(name) ?? false
    const path = pathOf(folder)
    for (const root of folder.ways?.get(name) ?? []) this.#listener.changed(root.owner, path, name)
    for (const { root, rule } of folder.interests) {
      if (rule.of(name) === null) continue
      matters = true
      this.#listener.changed(root.owner, path, name)
      // What comes or goes decides what else matters here
      if (rule.unless === name.toLowerCase() || rule.ends?.has(name)) this.#enqueue(folder, FRESH)
    }
    if (event === 'rename') {
      if (matters) this.#look(folder, name)
      // Its own end, in case the folder above cannot be watched
      if (name === folder.name && folder.parent?.watch === null) this.#look(folder.parent, name)
    } else if (matters && this.#lacksWatch(folder, name)) this.#look(folder, name)
  }

  /** A folder of this name could not be watched; its rights may have changed. */
  #lacksWatch(folder: Folder, name: string): boolean {
    const child = folder.children?.get(name)
    return child !== undefined && child.watch === null
  }

  #overflow(): void {
    if (this.#isClosed) return
    // One at a time: what was looked at already has to be looked at again, but not before the rest
    this.#overflows++
    if (this.#overflows > 1) return
    this.#listener.overflowed()
    this.lookAgain()
  }

  // Work

  #look(folder: Folder, name: string): void {
    if (!isPath(name)) {
      this.#enqueue(folder, FRESH)
      return
    }
    const names = this.#looks.get(folder)
    if (names) names.add(name)
    else this.#looks.set(folder, new Set([name]))
    this.#start()
  }

  #enqueue(folder: Folder, flags: number): void {
    if (!(folder.todo & QUEUED)) this.#queue.push(folder)
    folder.todo |= QUEUED | flags
    this.#start()
  }

  #start(): void {
    if (this.#isRunning || this.#isClosed) return
    this.#isRunning = true
    this.#clock.soon(() => this.#run())
  }

  #isBusy(): boolean {
    return this.#isRunning || this.#looks.size > 0 || this.#head < this.#queue.length
  }

  /** Works for a slice; the rest comes after the events that have arrived. */
  #run(): void {
    if (this.#isClosed) return
    const until = this.#clock.now() + SLICE_MS
    const mostEvents = this.#guard.mostCloses
    do {
      if (!this.#step()) {
        this.#isRunning = false
        this.#finish()
        return
      }
    } while (this.#clock.now() < until && this.#guard.thisTurn < mostEvents)
    this.#clock.soon(() => this.#run())
  }

  /** One folder. False when there is nothing to do. */
  #step(): boolean {
    const look = this.#looks.entries().next().value
    if (look) {
      const [folder, names] = look
      let room = SOME
      for (const name of names) {
        if (folder.gone || room-- === 0) break
        names.delete(name)
        this.#meet(folder, name, kindAt(childPath(folder, name)), RENEW | FRESH)
      }
      if (folder.gone || names.size === 0) this.#looks.delete(folder)
      return true
    }
    const folder = this.#queue[this.#head++]
    if (!folder) {
      this.#queue = []
      this.#head = 0
      return false
    }
    const { todo } = folder
    folder.todo = 0
    if (!folder.gone) this.#visit(folder, todo & (RENEW | FRESH))
    return true
  }

  #finish(): void {
    const overflows = this.#overflows
    this.#overflows = 0
    if (overflows > 1 && !this.#isClosed) {
      this.#overflow()
      return
    }
    const again = [...this.#again]
    this.#again.clear()
    for (const owner of again) {
      const path = this.#tree.placeOf(owner)
      if (path !== undefined) this.#listener.changed(owner, path, '')
    }
    if (this.#isUnreadableNew) {
      this.#isUnreadableNew = false
      this.#listener.unreadable(this.#unreadable)
    }
    const waiting = this.#waiting
    this.#waiting = []
    for (const done of waiting) done()
  }

  /** Watches a folder and brings what is below in line with what is there. */
  #visit(folder: Folder, flags: number): void {
    if (!this.#open(folder, flags)) {
      // Those on the way to somewhere need not be readable
      if (!folder.gone && folder.ways)
        for (const name of folder.ways.keys())
          this.#meet(folder, name, kindAt(childPath(folder, name)), flags)
      return
    }
    let entries: Dirent[]
    try {
      entries = readdirSync(pathOf(folder), withTypes)
    } catch (error) {
      this.#cannotRead(folder, error)
      return
    }
    // What is known here and not listed any more; most folders are new and know nothing
    const left = folder.children || folder.links ? namesKnown(folder) : null
    folder.ends = isEnded(folder, entries)
    for (const entry of entries) {
      left?.delete(entry.name)
      if (flags & FRESH) this.#tell(folder, entry.name)
      if (entry.isDirectory()) this.#meet(folder, entry.name, 'folder', flags)
      else if (entry.isSymbolicLink()) this.#meet(folder, entry.name, 'link', flags)
      else if (left !== null) this.#meet(folder, entry.name, 'other', flags)
      if (folder.gone) return
    }
    if (left === null) return
    for (const name of left) this.#meet(folder, name, 'other', flags)
  }

  #tell(folder: Folder, name: string): void {
    const path = pathOf(folder)
    for (const { root, rule } of folder.interests) {
      if (rule.of(name) !== null) this.#listener.changed(root.owner, path, name)
    }
    for (const root of folder.ways?.get(name) ?? []) this.#listener.changed(root.owner, path, name)
  }

  /** One entry of a folder, as it is now. */
  #meet(folder: Folder, name: string, kind: Kind, flags: number): void {
    if (kind === 'link' || folder.links?.has(name)) {
      const news = this.#tree.follow(folder, name, kind === 'link')
      if (flags & FRESH) for (const owner of news) this.#again.add(owner)
    }
    const child = folder.children?.get(name)
    if (kind !== 'folder') {
      if (child) this.#tree.drop(child)
      return
    }
    const interests = this.#within(interestsOf(folder, name), child)
    const ways = waysOf(folder, name)
    if (interests.length === 0 && ways === null) {
      if (child) this.#tree.drop(child)
      return
    }
    if (!isPath(name)) {
      for (const owner of ownersOf(interests)) this.#fail(owner, 'name', childPath(folder, name))
      return
    }
    const known = child ?? newFolder(folder, name)
    if (!child) {
      folder.children ??= new Map()
      folder.children.set(name, known)
    }
    const isSame = child !== undefined && sameInterests(child.interests, interests)
    if (!isSame) this.#tree.assign(known, interests)
    known.ways = ways
    if (!isSame || flags & RENEW || known.watch === null) this.#enqueue(known, flags)
  }

  /** Without the interests of places that have as many folders as they may. */
  #within(interests: readonly Interest[], child: Folder | undefined): readonly Interest[] {
    if (!interests.some(({ root }) => root.limit)) return interests
    const isOver = ({ root }: Interest): boolean =>
      root.limit !== null &&
      root.limit.folders >= root.limit.most &&
      !child?.interests.some((each) => each.root === root)
    return interests.some(isOver) ? interests.filter((each) => !isOver(each)) : interests
  }

  // Trouble

  #closeWatch(folder: Folder): void {
    if (!folder.watch) return
    folder.watch.close()
    folder.watch = null
    this.folders--
    this.#guard.count()
  }

  #readable(folder: Folder): void {
    if (this.#unreadable.size > 0 && this.#unreadable.delete(pathOf(folder))) this.#isUnreadableNew = true
  }

  /** Sets the folder's watch, or a new one. False when there is none. */
  #open(folder: Folder, flags: number): boolean {
    const old = folder.watch
    if (old && !(flags & RENEW)) return true
    if (!old && this.folders >= this.#budget()) {
      this.#failAll(folder, 'limit', 'budget')
      return false
    }
    try {
      const watch = this.#source.watch(pathOf(folder), folder)
      // Two watches of one folder are one to the kernel, which goes on when the first is closed
      if (old) this.#closeWatch(folder)
      folder.watch = watch
      this.folders++
      this.#readable(folder)
      return true
    } catch (error) {
      this.#closeWatch(folder)
      this.#cannotRead(folder, error)
      return false
    }
  }

  #cannotRead(folder: Folder, error: unknown): void {
    const { code = String(error) } = error as NodeJS.ErrnoException
    // It is gone again, which the folder above tells
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      this.#closeWatch(folder)
      return
    }
    if (code === 'EACCES' || code === 'EPERM') {
      for (const child of [...(folder.children?.values() ?? [])])
        if (!folder.ways?.has(child.name)) this.#tree.drop(child)
      const path = pathOf(folder)
      if (folder.interests.length > 0 && !this.#unreadable.has(path)) {
        this.#unreadable.add(path)
        this.#isUnreadableNew = true
      }
      return
    }
    const isLimit = code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM'
    this.#failAll(folder, isLimit ? 'limit' : 'system', code)
  }

  /** Whoever wants this folder is told, and loses all its watches. */
  #failAll(folder: Folder, trouble: 'limit' | 'system', detail: string): void {
    const owners = ownersOf(folder.interests)
    for (const roots of folder.ways?.values() ?? []) for (const { owner } of roots) owners.add(owner)
    for (const owner of owners) this.#fail(owner, trouble, detail)
  }

  #fail(owner: Owner, trouble: 'limit' | 'system' | 'name', detail: string): void {
    if (!this.#tree.has(owner)) return
    this.remove(owner)
    this.#listener.failed(owner, trouble, detail)
  }
}

/** A name that is not UTF-8 cannot be put together to a path again. */
const isPath = (name: string): boolean => !name.includes('\uFFFD')

function namesKnown({ children, links }: Folder): Set<string> {
  const names = new Set(children?.keys())
  for (const name of links?.keys() ?? []) names.add(name)
  return names
}

function isEnded({ interests }: Folder, entries: readonly Dirent[]): boolean {
  for (const { rule } of interests) {
    const { ends } = rule
    if (ends && entries.some(({ name }) => ends.has(name))) return true
  }
  return false
}

const ownersOf = (interests: readonly Interest[]): Set<Owner> =>
  new Set(interests.map(({ root }) => root.owner))

function kindAt(path: string): Kind {
  try {
    const stats = lstatSync(path, noThrow)
    if (stats?.isDirectory()) return 'folder'
    return stats?.isSymbolicLink() ? 'link' : 'other'
  } catch {
    // Whatever it is, it cannot be watched
    return 'other'
  }
}
