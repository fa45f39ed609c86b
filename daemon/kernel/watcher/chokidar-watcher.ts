import { existsSync } from 'node:fs'
import { basename, dirname, sep } from 'node:path'
import type { FSWatcher, watch } from 'chokidar'
import type { WatchRoot, WatchRule } from './rule.ts'
import type { Owner, Watcher, WatchListener } from './watcher.ts'

/** What is used of chokidar. */
export type Chokidar = { watch: typeof watch }

/** Folders watched for one place with a limit at most: each costs some 40 KB here. */
const MOST_LIMITED = 200

/**
 * Watching with chokidar (macOS, Windows): one instance for each owner, over the nearest folder that exists, with the
 * owner's rules as its filter. Links are not followed.
 */
export class ChokidarWatcher implements Watcher {
  readonly backend = 'chokidar'
  readonly #listener: WatchListener
  readonly #chokidar: Promise<Chokidar>
  readonly #budget: () => number
  readonly #owners = new Map<Owner, Owned>()
  readonly #closing = new Set<Promise<void>>()
  readonly #unreadable = new Set<string>()

  constructor(
    listener: WatchListener,
    { chokidar, budget }: { chokidar: Promise<Chokidar>; budget: () => number },
  ) {
    this.#listener = listener
    this.#chokidar = chokidar
    this.#budget = budget
  }

  get folders(): number {
    let sum = 0
    for (const { folders } of this.#owners.values()) sum += folders.size
    return sum
  }

  set(owner: Owner, roots: readonly WatchRoot[]): void {
    const known = this.#owners.get(owner)
    if (known && sameRoots(known.roots, roots)) return
    this.remove(owner)
    const owned: Owned = {
      roots,
      folders: new Set(),
      watcher: null,
      isGone: false,
      end: () => {},
      ready: Promise.resolve(),
    }
    this.#owners.set(owner, owned)
    owned.ready = this.#chokidar.then(
      (chokidar) => this.#begin(chokidar, owner, owned),
      (error) => this.#fail(owner, error),
    )
  }

  remove(owner: Owner): void {
    const owned = this.#owners.get(owner)
    if (!owned) return
    this.#owners.delete(owner)
    owned.isGone = true
    owned.end()
    const closing = Promise.resolve(owned.watcher?.close()).finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  async ready(): Promise<void> {
    await Promise.all([...this.#owners.values()].map(({ ready }) => ready))
  }

  /** Nothing is known to be lost here. */
  lookAgain(): void {}

  async close(): Promise<void> {
    for (const owner of [...this.#owners.keys()]) this.remove(owner)
    await Promise.all(this.#closing)
  }

  #begin(chokidar: Chokidar, owner: Owner, owned: Owned): Promise<void> {
    if (owned.isGone) return Promise.resolve()
    const bases = [...new Set(owned.roots.map(({ path }) => nearest(dirname(path))))]
    const watcher = chokidar.watch(bases, {
      persistent: false,
      followSymlinks: false,
      atomic: false,
      ignored: (path, stats) => !this.#wants(owned, path, stats?.isDirectory() ?? false),
    })
    owned.watcher = watcher
    return new Promise((done) => {
      owned.end = done
      let isReady = false
      watcher.on('ready', () => {
        isReady = true
        done()
      })
      watcher.on('error', (error) => {
        this.#troubled(owner, error)
      })
      watcher.on('all', (event, path) => {
        if (event === 'addDir') owned.folders.add(path)
        else if (event === 'unlinkDir') owned.folders.delete(path)
        if (event === 'addDir' && this.folders > this.#budget()) this.#fail(owner, { code: 'budget' })
        if (isReady && !owned.isGone && matches(owned.roots, path))
          this.#listener.changed(owner, dirname(path), basename(path))
      })
    })
  }

  /** Whether chokidar shall look at a path: it lies on the way to a place, or matters there. */
  #wants({ roots, folders }: Owned, path: string, isFolder: boolean): boolean {
    for (const root of roots) {
      if (root.path === path || root.path.startsWith(path.endsWith(sep) ? path : `${path}${sep}`)) return true
      const rule = ruleAt(root, path)
      if (rule === null) continue
      if (!isFolder) return true
      const isOver = root.limit && folders.size >= Math.min(root.limit.most, MOST_LIMITED)
      if (rule.enters && (!isOver || folders.has(path))) return true
    }
    return false
  }

  #troubled(owner: Owner, error: unknown): void {
    const { code, path } = error as NodeJS.ErrnoException
    if ((code !== 'EACCES' && code !== 'EPERM') || path === undefined) {
      this.#fail(owner, error)
      return
    }
    this.#unreadable.add(path)
    this.#listener.unreadable(this.#unreadable)
  }

  #fail(owner: Owner, error: unknown): void {
    if (!this.#owners.has(owner)) return
    const { code = String(error) } = error as NodeJS.ErrnoException
    this.remove(owner)
    const isLimit = ['budget', 'ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(code)
    this.#listener.failed(owner, isLimit ? 'limit' : 'system', code)
  }
}

type Owned = {
  roots: readonly WatchRoot[]
  folders: Set<string>
  watcher: FSWatcher | null
  isGone: boolean
  /** Resolves `ready`. */
  end(): void
  ready: Promise<void>
}

/** The rule of a path below a place; null when it does not matter. */
function ruleAt(root: WatchRoot, path: string): WatchRule | null {
  if (path === root.path) return root.rule
  if (!path.startsWith(`${root.path}${sep}`)) return null
  let rule: WatchRule | null = root.rule
  for (const name of path.slice(root.path.length + 1).split(sep)) rule = rule?.of(name) ?? null
  return rule
}

/** Whether a change there is news: something that matters, or a folder on the way to it. */
const matches = (roots: readonly WatchRoot[], path: string): boolean =>
  roots.some((root) => root.path.startsWith(`${path}${sep}`) || ruleAt(root, path) !== null)

const sameRoots = (left: readonly WatchRoot[], right: readonly WatchRoot[]): boolean =>
  left.length === right.length &&
  left.every((root, index) => root.path === right[index]?.path && root.rule === right[index]?.rule)

/** The folder itself, or the nearest above it that is there. */
function nearest(path: string): string {
  for (let at = path; ; at = dirname(at)) if (existsSync(at) || at === dirname(at)) return at
}
