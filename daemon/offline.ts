/**
 * The methods without a daemon: for the command line where none can run or none may be asked (ADR 0003).
 * With the validator the only code of the daemon's domains that the command line loads.
 */
import { homedir } from 'node:os'
import type { Call } from '../protocol/client.ts'
import { SmdError } from '../protocol/errors.ts'
import { methods } from '../protocol/methods.ts'
import type { Composed } from './compose.ts'
import { composeInline } from './compose-inline.ts'
import { selectLastRefresh } from './domains/cache/index.ts'
import { findProjectFolder } from './domains/cache/scan/project-folder.ts'
import { machineFolders } from './kernel/config/machine-folders.ts'
import type { Paths } from './kernel/config/paths.ts'
import { SettingsStore } from './kernel/config/store.ts'
import type { Database } from './kernel/db/database.ts'
import { readableFile } from './kernel/db/integrity.ts'
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

/**
 * The methods over the cache or the disk, which is opened or read with the first call that asks something. Commands are
 * refused: nothing but the daemon changes anything.
 */
export function openOffline(options: OfflineOptions): Offline {
  let opened: Promise<Composed> | null = null
  return {
    call: async (method, params) => {
      if (methods[method].kind !== 'query') {
        throw options.reason ?? new SmdError('daemon.unavailable', { reason: `${method} needs it` })
      }
      opened ??= open(options)
      return (await opened).dispatcher.call(method, params)
    },
    close: () =>
      void opened?.then(
        ({ close }) => close(),
        () => undefined,
      ),
  }
}

async function open(options: OfflineOptions): Promise<Composed> {
  const { paths, env, reason, source, remark } = options
  const folders = machineFolders(env, process.platform, homedir())
  const { store } = await SettingsStore.openLeniently({ file: paths.configFile, env, home: folders.home })
  const { enabled, path } = store.current.cache
  const cacheDb = readableFile(path ?? paths.cacheDb)
  const existing = source === 'cache' && enabled ? openExisting(cacheDb) : null
  const db = existing ?? openInMemory()
  const around = {
    paths,
    folders,
    env,
    log: silentLogger,
    now: () => Date.now(),
    stop: () => undefined,
  }
  const storage = existing
    ? { kind: 'file' as const, path: cacheDb }
    : { kind: 'memory' as const, path: ':memory:' }
  const composed = await composeInline(around, db, storage)
  const why = reason ? `${reason.message} ${reason.hint}\n` : ''
  if (existing) {
    remark(`${why}Read from the cache of ${age(selectLastRefresh(db), composed.ctx.now())}.`)
    return composed
  }
  const only = source === 'disk' ? null : findProjectFolder(options.cwd, around.folders)
  if (reason) remark(`${why}There is no cache either: ${only ?? 'this machine'} is read now.`)
  await fill(composed, only, options.onProgress)
  return composed
}

async function fill(
  { ctx }: Composed,
  only: string | null,
  onProgress: OfflineOptions['onProgress'],
): Promise<void> {
  const { refresher } = ctx
  const tell = (): void =>
    onProgress?.(refresher.progress?.unitsDone ?? 0, refresher.progress?.unitsTotal ?? 0)
  const ticker = setInterval(tell, 100)
  await refresher.refresh({ only, force: true }).finally(() => clearInterval(ticker))
  if (only !== null) refresher.considerFilled()
}

/** cache.db when it can be read as it is, else null: an unusable one is the daemon's matter. */
function openExisting(file: string): Database | null {
  try {
    const db = openForReading(file)
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
