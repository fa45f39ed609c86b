import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { VERSION } from '../protocol/version.ts'
import { createMender, reportCache } from './cache-file.ts'
import type { CacheStorage, DaemonContext, Identity } from './context.ts'
import type { Engine } from './domains/cache/engine.ts'
import {
  CacheMemo,
  CacheUsage,
  cacheHandlers,
  createInlineEngine,
  createProcessEngine,
  Refresher,
} from './domains/cache/index.ts'
import { systemHandlers } from './domains/system/index.ts'
import type { MachineFolders } from './kernel/config/machine-folders.ts'
import type { Paths } from './kernel/config/paths.ts'
import { SettingsStore } from './kernel/config/store.ts'
import type { Database } from './kernel/db/database.ts'
import { openCache } from './kernel/db/integrity.ts'
import type { Logger } from './kernel/log/logger.ts'
import { createDispatcher, type Dispatcher } from './kernel/rpc/dispatch.ts'
import { validateParams } from './kernel/rpc/validate.ts'
import { Health } from './kernel/service/health.ts'

/** What the outside gives a daemon: where things are, the time, the log. */
export type Surroundings = {
  paths: Paths
  folders: MachineFolders
  env: NodeJS.ProcessEnv
  log: Logger
  now(): number
  stop(): void
}

export type Composed = { ctx: DaemonContext; dispatcher: Dispatcher; close(): Promise<void> }
/** `check` looks for damage in the file, in the background; what it finds is mended like damage found in use. */
export type ComposedDaemon = Composed & { check(): Promise<void> }

/** Two scanners keep two processors busy; more would only wait for the disk and the writer. */
const MAX_AUTOMATIC_SCANNERS = 2
/** Below this many units one scanner is done in a second, and a second one would cost 30 MB for little. */
const MANY_UNITS = 300

/** Opens settings and cache and wires everything to the dispatcher; listens nowhere and starts no scan. */
export async function composeDaemon(around: Surroundings): Promise<ComposedDaemon> {
  const { log, now } = around
  const health = new Health()
  const settings = await openSettings(around, health)
  const stamp = (): string => new Date(now()).toISOString().replace(/[-:.]/g, '')
  const file = settings.current.cache.path ?? around.paths.cacheDb
  const cache = openCache(file, stamp())
  reportCache(cache, health, log)
  const workers = (units: number): number => {
    const { workers: wanted } = settings.current.scan
    if (wanted > 0) return wanted
    return units < MANY_UNITS ? 1 : Math.min(MAX_AUTOMATIC_SCANNERS, availableParallelism())
  }
  const storage: CacheStorage = { kind: cache.storage, path: cache.file }
  const engine = createProcessEngine({
    dbFile: () => storage.path,
    scannerCount: workers,
    onCorrupt: () => mend(),
  })
  const composed = compose(around, { settings, health, db: cache.db, storage, engine })
  const mend = createMender(composed.ctx, stamp)
  cache.db.onCorrupt = mend
  return {
    ...composed,
    async check() {
      const problem = await engine.write('check', {})
      if (problem === null) return
      log.warn('cache.db is damaged', { problem })
      mend()
    },
    async close() {
      await engine.close()
      cache.db.close()
      if (storage.kind === 'memory') rmSync(dirname(storage.path), { recursive: true, force: true })
    },
  }
}

/** The same methods over one connection in this process: for the offline command line and for tests. */
export async function composeInline(
  around: Surroundings,
  db: Database,
  storage: CacheStorage,
): Promise<Composed> {
  const health = new Health()
  const settings = await openSettings(around, health)
  const composed = compose(around, { settings, health, db, storage, engine: createInlineEngine(db) })
  return { ...composed, close: async () => db.close() }
}

type Parts = { settings: SettingsStore; health: Health; db: Database; storage: CacheStorage; engine: Engine }

function compose(
  around: Surroundings,
  { settings, health, db, storage, engine }: Parts,
): Omit<Composed, 'close'> {
  const { paths, folders, log, now, stop } = around
  const identity: Identity = { pid: process.pid, instance: randomUUID(), version: VERSION, startedAt: now() }
  settings.onChange((current) => log.setLevel(current.log.level))
  const ctx: DaemonContext = {
    identity,
    paths,
    folders,
    settings,
    log,
    now,
    health,
    db,
    storage,
    engine,
    refresher: new Refresher({ db, engine, folders, health, log, now, settings, storage }),
    usage: new CacheUsage(),
    memo: new CacheMemo(db),
    stop,
  }
  const handlers = { ...systemHandlers, ...cacheHandlers }
  return {
    ctx,
    dispatcher: createDispatcher(ctx, handlers, { validate: validateParams, log, logFile: paths.logFile }),
  }
}

/** Mistakes in config.toml become warnings. */
async function openSettings(
  { paths, env, folders, log }: Surroundings,
  health: Health,
): Promise<SettingsStore> {
  const source = { file: paths.configFile, env, home: folders.home }
  const { store, problems } = await SettingsStore.openLeniently(source)
  const fix = `Correct ${paths.configFile} and restart the daemon.`
  if (problems.length > 0) {
    health.warn({ code: 'config.invalid', severity: 'error', text: problems.join(' '), fix })
    log.error('config.toml has mistakes', { problems })
  }
  const { warnings } = store
  if (warnings.length > 0)
    health.warn({ code: 'config.unknown_key', severity: 'info', text: warnings.join(' '), fix })
  return store
}
