/** The file of the cache over the life of the daemon: what is said of its state, and how another one takes its place. */
import { statSync } from 'node:fs'
import type { DaemonContext } from './context.ts'
import { newestIntactBackup } from './domains/backup/index.ts'
import { putInPlace } from './kernel/db/backup.ts'
import { type OpenedCache, openAnew, openCache } from './kernel/db/integrity.ts'
import type { Logger } from './kernel/log/logger.ts'
import type { Health } from './kernel/service/health.ts'

/** A file that is damaged again and again lies on a broken disk; to go on replacing it would only hide that. */
const MAX_MENDINGS = 3

export type CacheFile = {
  /**
   * To be called before the disk is read again: when the file was deleted or replaced by somebody, this daemon's
   * connection still shows the former one, while threads would open the new one. Goes on with what is there now.
   */
  ensureInPlace(): void
  /**
   * To be called when cache.db turns out to be damaged: it is set aside, a new one takes its place and is filled from
   * disk, and reads wait for that. Returns at once; further calls while that lasts change nothing.
   */
  mend(): void
  /**
   * Goes on with the file `prepared`, which lies beside the present one and is moved into its place. Reads wait until
   * the disk was read. Errors: those of the file system; the former file serves on then.
   */
  replaceWith(prepared: string): Promise<void>
}

/** `stamp` names what is set aside. */
export function createCacheFile(ctx: Omit<DaemonContext, 'backups'>, stamp: () => string): CacheFile {
  const { db, engine, health, log, paths, refresher, storage } = ctx
  let mendings = 0
  let changing = false
  let identity = identityOf(storage.path)

  /** The writer process has the file open, and whoever met damage may be in the middle of a query. */
  const change = async (open: () => OpenedCache): Promise<void> => {
    await engine.reset()
    db.close()
    const opened = open()
    db.takeOver(opened.db)
    storage.path = opened.file
    identity = identityOf(storage.path)
    if (opened.storage === 'memory') storage.kind = 'memory'
    reportCache(opened, health, log)
    await offerBackup(opened, paths.backupsDir, health)
  }

  const changeAndRefresh = (open: () => OpenedCache): Promise<void> => {
    changing = true
    const changed = change(open).finally(() => {
      changing = false
    })
    refresher.waitFor(changed.catch(() => undefined))
    refresher
      .refresh({ only: null, force: true })
      .catch((error) => log.error('refresh failed', { error: String((error as Error).stack) }))
    return changed
  }

  return {
    ensureInPlace() {
      if (changing || identityOf(storage.path) === identity) return
      log.warn('cache.db was deleted or replaced', { file: storage.path })
      changeAndRefresh(() => openCache(storage.path, stamp())).catch((error) =>
        log.error('the cache could not be opened again', { error: String((error as Error).stack) }),
      )
    },
    mend() {
      if (changing) return
      if (mendings >= MAX_MENDINGS) {
        health.warn('cache.damaged', { file: storage.path, count: mendings })
        log.error('cache.db is damaged again and again', { file: storage.path, mendings })
        return
      }
      mendings++
      changeAndRefresh(() => openAnew(storage.path, stamp())).catch((error) =>
        log.error('the cache could not be replaced', { error: String((error as Error).stack) }),
      )
    },
    replaceWith: (prepared) =>
      changeAndRefresh(() => {
        let failure: unknown = null
        try {
          putInPlace(storage.path, prepared, stamp())
        } catch (error) {
          failure = error
        }
        // Whatever came of it, there is a file to serve from.
        const opened = openCache(storage.path, stamp())
        if (failure === null) return opened
        db.takeOver(opened.db)
        throw failure
      }),
  }
}

/** Which file lies at a path; null for none. */
function identityOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.dev} ${found.ino}` : null
}

const problems = {
  corrupt: 'damaged',
  foreign: 'a file of another program',
  unmigrated: 'of a schema that could not be brought up to date',
} as const

/** Says once, in log and health, what was done about an unusable file or folder. */
export function reportCache(
  { setAside, memoryReason, newer, file }: OpenedCache,
  health: Health,
  log: Logger,
): void {
  if (newer) {
    const { file: newerFile, found, known } = newer
    health.warn('cache.newer', { newerFile, found, known, file })
    log.warn('cache.db is of a newer smd and left as it is', { path: newerFile, found, known, file })
  }
  if (setAside) {
    health.warn('cache.rebuilt', { problem: problems[setAside.problem], old: setAside.to, backup: '' })
    log.warn('cache.db was set aside and is being rebuilt from disk', {
      problem: setAside.problem,
      file: setAside.to,
    })
  }
  if (memoryReason !== null) {
    health.warn('cache.memory', { reason: memoryReason })
    log.warn('the cache lives in memory, because its file cannot be used', { reason: memoryReason, file })
  }
}

/** Adds the newest backup that is whole to what is said of a cache that was set aside. */
export async function offerBackup({ setAside }: OpenedCache, folder: string, health: Health): Promise<void> {
  const backup = setAside && (await newestIntactBackup(folder))
  if (!backup) return
  const of = new Date(backup.createdAt).toISOString()
  health.warn('cache.rebuilt', {
    problem: problems[setAside.problem],
    old: setAside.to,
    backup: ` The settings and the cache of ${of} can be had back, too: smd backup restore ${backup.name}`,
  })
}
