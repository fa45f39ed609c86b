import type { Analytics } from './domains/analytics/index.ts'
import type { Backups } from './domains/backup/index.ts'
import type { ContentIndex } from './domains/cache/contents/content-index.ts'
import type { Engine } from './domains/cache/engine.ts'
import type { IntegrityCheck } from './domains/cache/integrity-check.ts'
import type { CacheMemo } from './domains/cache/memo.ts'
import type { Refresher } from './domains/cache/refresh.ts'
import type { CacheUsage } from './domains/cache/usage.ts'
import type { Watches } from './domains/cache/watches.ts'
import type { UpstreamChecks } from './domains/upstream/checks.ts'
import type { TokenStore } from './domains/web/token-store.ts'
import type { Web } from './domains/web/web.ts'
import type { MachineFolders } from './kernel/config/machine-folders.ts'
import type { Paths } from './kernel/config/paths.ts'
import type { SettingsStore } from './kernel/config/store.ts'
import type { Database } from './kernel/db/database.ts'
import type { EventBus } from './kernel/events/bus.ts'
import type { Logger } from './kernel/log/logger.ts'
import type { Metrics } from './kernel/metrics/metrics.ts'
import type { Scheduler } from './kernel/scheduler/scheduler.ts'
import type { Health } from './kernel/service/health.ts'

/** Who this process is. */
export type Identity = {
  pid: number
  /** Random, new with every start. */
  instance: string
  /** Version of smd. */
  version: string
  startedAt: number
}

/** Where the cache lies: in its file, or in memory when the data folder cannot be written. */
export type CacheStorage = { kind: 'file' | 'memory'; path: string }

/** Everything a domain function may touch; there are no globals. */
export type DaemonContext = {
  identity: Identity
  paths: Paths
  folders: MachineFolders
  settings: SettingsStore
  log: Logger
  now(): number
  health: Health
  /** Where everything that happens is told. */
  events: EventBus
  metrics: Metrics
  /** For reading only; whatever changes the cache goes through `engine.write`. */
  db: Database
  storage: CacheStorage
  engine: Engine
  integrity: IntegrityCheck
  refresher: Refresher
  upstream: UpstreamChecks
  /** What notices changes of files; null where nothing is watched, as without a daemon. */
  watches: Pick<Watches, 'sync' | 'state'> | null
  usage: CacheUsage
  backups: Backups
  /** Notes what is done with artifacts. */
  analytics: Analytics
  /** Who may use the daemon over HTTP beside browsers. */
  tokens: TokenStore
  /** What is done by itself. */
  jobs: Scheduler
  /** Where the page is served, and who is signed in. */
  web: Web
  /** What many answers need and seldom changes. */
  memo: CacheMemo
  /** What artifacts hold, for who searches it. */
  contents: ContentIndex
  /**
   * True, and a warning, once the files of smd were replaced under the running process. Whoever is about to load
   * something from them (a thread, a process, a module) asks first and refuses with `daemon.restart_needed`.
   */
  packageChanged(): boolean
  /** Aborted when the daemon begins to end: what has no end of its own ends then. */
  closing: AbortSignal
  /** Ends the process in order; returns at once. */
  stop(): void
}
