/**
 * The methods without a daemon: for the command line where none can run or none may be asked (ADR 0003).
 * The only file of the daemon that the command line loads as code.
 */
import { homedir } from 'node:os'
import type { Call } from '../protocol/client.ts'
import { SmdError } from '../protocol/errors.ts'
import { methods } from '../protocol/methods.ts'
import { composeInline } from './compose.ts'
import { selectLastRefresh } from './domains/cache/index.ts'
import { findProjectFolder } from './domains/cache/scan/project-folder.ts'
import { machineFolders } from './kernel/config/machine-folders.ts'
import type { Paths } from './kernel/config/paths.ts'
import type { Database } from './kernel/db/database.ts'
import { openForReading, openInMemory } from './kernel/db/open.ts'
import { silentLogger } from './kernel/log/logger.ts'

export type OfflineOptions = {
  paths: Paths
  env: NodeJS.ProcessEnv
  cwd: string
  /** Says something to the user, on stderr. */
  remark(text: string): void
  /** Why the daemon is not asked; null when the user wanted it so. */
  reason: SmdError | null
  /** `cache`: cache.db read-only, or the project at hand when there is none. `disk`: everything, read now. */
  source: 'cache' | 'disk'
  onProgress?(done: number, total: number): void
}

export type Offline = { call: Call; close(): void }

/** Opens the cache or reads the disk. Commands are refused: nothing but the daemon changes anything. */
export async function openOffline(options: OfflineOptions): Promise<Offline> {
  const { paths, env, reason, source } = options
  const existing = source === 'cache' ? openExisting(paths) : null
  const db = existing ?? openInMemory()
  const around = {
    paths,
    folders: machineFolders(env, process.platform, homedir()),
    env,
    log: silentLogger,
    now: () => Date.now(),
    stop: () => undefined,
  }
  const storage = existing
    ? { kind: 'file' as const, path: paths.cacheDb }
    : { kind: 'memory' as const, path: ':memory:' }
  const { ctx, dispatcher, close } = await composeInline(around, db, storage)
  if (existing) {
    options.remark(
      `${reason?.message ?? ''} Read from the cache of ${age(selectLastRefresh(db), ctx.now())}.`,
    )
  } else {
    const only = source === 'disk' ? null : findProjectFolder(options.cwd, around.folders)
    const what = only ?? 'this machine'
    if (reason) options.remark(`${reason.message} There is no cache either: ${what} is read now.`)
    const refresh = ctx.refresher.refresh({ only, force: true })
    const ticker = setInterval(
      () =>
        options.onProgress?.(ctx.refresher.progress?.unitsDone ?? 0, ctx.refresher.progress?.unitsTotal ?? 0),
      100,
    )
    await refresh.finally(() => clearInterval(ticker))
    if (only !== null) ctx.refresher.considerFilled()
  }
  return {
    call: (method, params) => {
      if (methods[method].kind === 'query') return dispatcher.call(method, params)
      return Promise.reject(reason ?? new SmdError('daemon.unavailable', { reason: `${method} needs it` }))
    },
    close: () => void close(),
  }
}

/** cache.db when it can be read as it is, else null: an unusable one is the daemon's matter. */
function openExisting(paths: Paths): Database | null {
  try {
    const db = openForReading(paths.cacheDb)
    if (selectLastRefresh(db) !== null) return db
    db.close()
    return null
  } catch (error) {
    if (error instanceof SmdError) return null
    throw error
  }
}

function age(at: number | null, now: number): string {
  if (at === null) return 'unknown age'
  const minutes = Math.round((now - at) / 60_000)
  return minutes < 1 ? 'less than a minute ago' : `${minutes} min ago`
}
