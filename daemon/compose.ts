import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { VERSION } from '../protocol/version.ts'
import { createCacheFile, offerBackup, reportCache } from './cache-file.ts'
import type { CacheStorage, DaemonContext, Identity } from './context.ts'
import { Analytics, analyticsHandlers } from './domains/analytics/index.ts'
import { Backups, backupHandlers } from './domains/backup/index.ts'
import type { Engine } from './domains/cache/engine.ts'
import {
  CacheMemo,
  CacheUsage,
  ContentIndex,
  cacheHandlers,
  createAnswerStore,
  createProcessEngine,
  IntegrityCheck,
  Refresher,
} from './domains/cache/index.ts'
import { cleanupHandlers } from './domains/cleanup/index.ts'
import {
  collectionHandlers,
  deploymentHandlers,
  labelHandlers,
  snapshotHandlers,
  syncHandlers,
} from './domains/collections/index.ts'
import { eventHandlers } from './domains/events/index.ts'
import { jobHandlers } from './domains/jobs/index.ts'
import { systemHandlers } from './domains/system/index.ts'
import { UpstreamChecks, type UpstreamProviders, upstreamHandlers } from './domains/upstream/index.ts'
import { TokenStore, Web, webHandlers } from './domains/web/index.ts'
import { createJobs } from './jobs.ts'
import type { MachineFolders } from './kernel/config/machine-folders.ts'
import type { Paths } from './kernel/config/paths.ts'
import type { SettingsStore } from './kernel/config/store.ts'
import type { Database } from './kernel/db/database.ts'
import { openCache } from './kernel/db/integrity.ts'
import { EventBus } from './kernel/events/bus.ts'
import { removeLeftovers } from './kernel/fs/atomic-write.ts'
import type { Logger } from './kernel/log/logger.ts'
import { EventLoopDelay } from './kernel/metrics/event-loop.ts'
import { Metrics } from './kernel/metrics/metrics.ts'
import { createDispatcher, type Dispatcher } from './kernel/rpc/dispatch.ts'
import { createOnce } from './kernel/rpc/idempotency.ts'
import { validateParams } from './kernel/rpc/validate.ts'
import { Health } from './kernel/service/health.ts'
import type { PackageWatch } from './kernel/service/package-files.ts'
import { systemTimers, type Timers } from './kernel/timers.ts'
import { newUniqueId } from './kernel/unique-id.ts'
import { openSettings } from './open-settings.ts'
import { watchFiles } from './watching.ts'

/** What the outside gives a daemon: where things are, the time, the log. */
export type Surroundings = {
  paths: Paths
  folders: MachineFolders
  env: NodeJS.ProcessEnv
  log: Logger
  now(): number
  /** Who the process is; made up where nobody asks. */
  identity?: Identity
  /** Tells whether the files of smd were replaced; left out where nothing is loaded later. */
  package?: PackageWatch
  /** What asks the sources of artifacts where no other process does; without it they are never asked. */
  providers?: UpstreamProviders
  /** For what shall happen later; those of Node where nobody says otherwise. */
  timers?: Timers
  stop(): void
}

export type Composed = {
  ctx: DaemonContext
  dispatcher: Dispatcher
  /** Ends requests that would go on until their callers end them. */
  refuseToGoOn(): void
  close(): Promise<void>
}
/** `check` looks for damage in the file, in the background; what it finds is mended like damage found in use. */
export type ComposedDaemon = Composed & {
  check(): Promise<void>
  /** The two halves of `close`: ends the threads; then folds the write-ahead log into the file and closes it. */
  endThreads(): Promise<void>
  closeStorage(): void
}

/** Two scanners keep two processors busy; more would only wait for the disk and the writer. */
const MAX_AUTOMATIC_SCANNERS = 2
/** Below this many units one scanner is done in a second, and a second one would cost 30 MB for little. */
const MANY_UNITS = 300

/** Opens settings and cache and wires everything to the dispatcher; listens nowhere and starts no scan. */
export async function composeDaemon(around: Surroundings): Promise<ComposedDaemon> {
  const { log, now } = around
  const health = new Health(now)
  const left = await removeLeftovers(around.paths.configFile)
  if (left > 0) log.warn('a change of config.toml was cut short', { file: around.paths.configFile })
  const settings = await openSettings(around, health)
  const stamp = (): string => new Date(now()).toISOString().replace(/[-:.]/g, '')
  const cache = openCache(settings.current.cache.path ?? around.paths.cacheDb, stamp())
  reportCache(cache, health, log)
  await offerBackup(cache, around.paths.backupsDir, health)
  const workers = (units: number): number => {
    const { workers: wanted } = settings.current.scan
    if (wanted > 0) return wanted
    return units < MANY_UNITS ? 1 : Math.min(MAX_AUTOMATIC_SCANNERS, availableParallelism())
  }
  const storage: CacheStorage = { kind: cache.storage, path: cache.file }
  const engine = createProcessEngine({
    dbFile: () => storage.path,
    keptDir: around.paths.upstreamFilesDir,
    scannerCount: workers,
    onCorrupt: () => file.mend(),
    packageChanged: () => composed.ctx.packageChanged(),
  })
  const replaceCache = (prepared: string): Promise<void> => file.replaceWith(prepared)
  const ensureInPlace = (): void => file.ensureInPlace()
  const parts = { settings, health, db: cache.db, storage, engine, replaceCache, ensureInPlace }
  const composed = compose(around, parts)
  const file = createCacheFile(composed.ctx, stamp)
  cache.db.onCorrupt = file.mend
  composed.ctx.integrity.onDamage = (problem) => {
    log.warn('cache.db is damaged', { problem })
    file.mend()
  }
  const eventLoop = new EventLoopDelay()
  composed.ctx.metrics.eventLoop = eventLoop
  const watches = watchFiles(composed.ctx)
  const endThreads = async (): Promise<void> => {
    eventLoop.stop()
    await watches.close()
    await engine.close()
  }
  const closeStorage = (): void => {
    cache.db.pragma('wal_checkpoint(TRUNCATE)')
    cache.db.close()
    if (storage.kind === 'memory') rmSync(dirname(storage.path), { recursive: true, force: true })
  }
  return {
    ...composed,
    async check() {
      await composed.ctx.integrity.run()
    },
    endThreads,
    closeStorage,
    async close() {
      await endThreads()
      closeStorage()
    },
  }
}

/** What differs between a daemon and the offline command line. */
export type Parts = {
  settings: SettingsStore
  health: Health
  db: Database
  storage: CacheStorage
  engine: Engine
  replaceCache(prepared: string): Promise<void>
  ensureInPlace(): void
}

/** Wires the methods to what they need. */
export function compose(
  around: Surroundings,
  { settings, health, db, storage, engine, replaceCache, ensureInPlace }: Parts,
): Omit<Composed, 'close'> {
  const { paths, folders, log, now, stop, timers = systemTimers } = around
  const metrics = new Metrics()
  const closing = new AbortController()
  const identity = around.identity ?? {
    pid: process.pid,
    instance: newUniqueId(),
    version: VERSION,
    startedAt: now(),
  }
  const packageChanged = (): boolean => {
    if (!around.package?.changed()) return false
    const version = around.package.version()
    const news = version !== null && version !== VERSION ? ` (${VERSION} by ${version})` : ''
    health.warn('daemon.restart_needed', { news })
    return true
  }
  settings.onChange((current) => log.setLevel(current.log.level))
  const events = new EventBus(now, {
    timers,
    onError: (error) =>
      log.error('an event was not taken', { error: String((error as Error)?.stack ?? error) }),
  })
  health.onChange(() =>
    events.publish('health.changed', {
      state: health.state,
      warnings: health.warnings.map(({ code }) => code),
    }),
  )
  const basis = { db, engine, health, identity, log, now, paths, settings, storage }
  const basic: Omit<DaemonContext, 'jobs'> = {
    identity,
    paths,
    folders,
    settings,
    log,
    now,
    health,
    events,
    metrics,
    db,
    storage,
    engine,
    integrity: new IntegrityCheck(engine, now),
    refresher: new Refresher({
      db,
      engine,
      events,
      folders,
      health,
      log,
      metrics,
      now,
      settings,
      storage,
      ensureInPlace,
      timers,
    }),
    upstream: new UpstreamChecks({ db, engine, events, log, now, settings }),
    watches: null,
    usage: new CacheUsage(),
    backups: new Backups({ ...basis, replaceCache }),
    web: new Web({ paths, now, settings, log }),
    analytics: new Analytics({ engine, folders, log, now, settings, timers }),
    tokens: new TokenStore(paths.tokensFile, { now, log }),
    memo: new CacheMemo(db),
    contents: new ContentIndex({ db, engine, log }),
    packageChanged,
    closing: closing.signal,
    stop,
  }
  const clock = { now, after: timers.after }
  const ctx: DaemonContext = Object.assign(basic, { jobs: createJobs(basic, ensureInPlace, clock) })
  const handlers = {
    ...systemHandlers,
    ...cacheHandlers,
    ...backupHandlers,
    ...eventHandlers,
    ...jobHandlers,
    ...upstreamHandlers,
    ...webHandlers,
    ...collectionHandlers,
    ...deploymentHandlers,
    ...snapshotHandlers,
    ...labelHandlers,
    ...analyticsHandlers,
    ...cleanupHandlers,
    ...syncHandlers,
  }
  const once = createOnce({ store: createAnswerStore(ctx), now, log })
  return {
    ctx,
    refuseToGoOn: () => closing.abort(),
    dispatcher: createDispatcher(ctx, handlers, {
      validate: validateParams,
      once,
      log,
      logFile: paths.logFile,
      onRequest: (method, ms, failed) => metrics.recordRequest(method, ms, failed),
    }),
  }
}
