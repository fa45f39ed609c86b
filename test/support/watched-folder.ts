/** A watcher over a real temporary folder, and a way to know that everything done so far was told. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import { systemClock } from '../../daemon/kernel/watcher/clock.ts'
import { Cookies } from '../../daemon/kernel/watcher/cookies.ts'
import { FolderWatcher, type FolderWatcherOptions } from '../../daemon/kernel/watcher/folder-watcher.ts'
import type { Owner, Watcher, WatchListener } from '../../daemon/kernel/watcher/watcher.ts'

const COOKIES = 1_000_000
const PATIENCE_MS = 20_000

export type Watched = {
  /** Real path of an empty folder. */
  dir: string
  watcher: Watcher
  /** `owner path` of what was told since the last `news`, sorted, each once; paths relative to `dir`. */
  news(): Promise<string[]>
  /** As the watcher said them. */
  failures: Array<{ owner: Owner; trouble: string; detail: string }>
  overflows: number
  unreadable: string[]
  /** Writes a file and the folders it needs. */
  write(path: string, content?: string): void
  mkdir(path: string): void
  at(path: string): string
}

export type MakeWatcher = (listener: WatchListener) => Watcher

/** Makes watched folders; watchers are closed and folders removed after each test. */
export function useWatchedFolder(): (
  options?: FolderWatcherOptions & { watcher?: MakeWatcher },
) => Promise<Watched> {
  const made: Array<{ dir: string; watcher: Watcher }> = []
  afterEach(async () => {
    for (const { dir, watcher } of made.splice(0)) {
      await watcher.close()
      rmSync(dir, { recursive: true, force: true })
    }
  })
  return async ({ watcher: make, ...options } = {}) => {
    const top = realpathSync(mkdtempSync(join(tmpdir(), 'smd-watch-')))
    const dir = join(top, 'files')
    mkdirSync(dir)
    const cookies = new Cookies(join(top, 'cookies'), systemClock)
    cookies.prepare()
    const told = new Set<string>()
    const relative = (path: string): string =>
      path.startsWith(`${dir}/`) ? path.slice(dir.length + 1) : path
    const listener: WatchListener = {
      changed(owner, folder, name) {
        if (owner === COOKIES) cookies.noticed(name)
        else told.add(`${owner} ${relative(name === '' ? folder : join(folder, name))}`)
      },
      overflowed: () => {
        watched.overflows++
        cookies.giveUp()
      },
      failed: (owner, trouble, detail) => watched.failures.push({ owner, trouble, detail }),
      unreadable: (folders) => {
        watched.unreadable = [...folders].map(relative).sort()
      },
    }
    const watcher = make ? make(listener) : new FolderWatcher(listener, options)
    made.push({ dir: top, watcher })
    const watched: Watched = {
      dir,
      watcher,
      failures: [],
      overflows: 0,
      unreadable: [],
      async news() {
        await cookies.wait(PATIENCE_MS)
        await watcher.ready()
        const news = [...told].sort()
        told.clear()
        return news
      },
      write(path, content = path) {
        mkdirSync(dirname(join(dir, path)), { recursive: true })
        writeFileSync(join(dir, path), content)
      },
      mkdir: (path) => void mkdirSync(join(dir, path), { recursive: true }),
      at: (path) => join(dir, path),
    }
    watcher.set(COOKIES, [cookies.root])
    await watcher.ready()
    return watched
  }
}
