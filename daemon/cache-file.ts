/** The file of the cache over the life of the daemon: what is said of its state, and how a damaged one is replaced. */
import type { DaemonContext } from './context.ts'
import { type OpenedCache, openAnew } from './kernel/db/integrity.ts'
import type { Logger } from './kernel/log/logger.ts'
import type { Health } from './kernel/service/health.ts'

/** A file that is damaged again and again lies on a broken disk; to go on replacing it would only hide that. */
const MAX_MENDINGS = 3

/**
 * What to call when cache.db turns out to be damaged: it is set aside, a new one takes its place and is filled from
 * disk, and reads wait for that. Returns at once; further calls while that lasts change nothing. `stamp` names what
 * is set aside.
 */
export function createMender(ctx: DaemonContext, stamp: () => string): () => void {
  const { db, engine, health, log, refresher, storage } = ctx
  let mendings = 0
  let mending = false

  const replace = async (): Promise<void> => {
    // The writer process has the file open, and whoever met the damage may be in the middle of a query.
    await engine.reset()
    db.close()
    const opened = openAnew(storage.path, stamp())
    db.takeOver(opened.db)
    storage.path = opened.file
    if (opened.storage === 'memory') storage.kind = 'memory'
    reportCache(opened, health, log)
  }

  return () => {
    if (mending) return
    if (mendings >= MAX_MENDINGS) {
      const text = `${storage.path} is damaged again, after it was rebuilt ${mendings} times.`
      health.warn({
        code: 'cache.damaged',
        severity: 'error',
        text,
        fix: 'Check the disk and restart the daemon.',
      })
      log.error(text)
      return
    }
    mending = true
    mendings++
    refresher.waitFor(
      replace().finally(() => {
        mending = false
      }),
    )
    refresher
      .refresh({ only: null, force: false })
      .catch((error) => log.error('refresh failed', { error: String((error as Error).stack) }))
  }
}

/** Says once, in log and health, what was done about an unusable file or folder. */
export function reportCache(
  { setAside, memoryReason, file }: OpenedCache,
  health: Health,
  log: Logger,
): void {
  if (setAside) {
    const text = `cache.db was ${setAside.problem} and is being rebuilt from disk; the old file is ${setAside.to}.`
    log.warn(text)
    const fix = 'Nothing to do; delete the old file when you like.'
    health.warn({ code: 'cache.rebuilt', severity: 'info', text, fix })
  }
  if (memoryReason !== null) {
    const text = `The cache lives in memory, because its file cannot be used: ${memoryReason}.`
    log.warn(text, { file })
    const fix = 'Make the folder writable and restart the daemon.'
    health.warn({ code: 'cache.memory', severity: 'warning', text, fix })
  }
}
