import type { Engine } from './domains/cache/engine.ts'
import type { CacheMemo } from './domains/cache/memo.ts'
import type { Refresher } from './domains/cache/refresh.ts'
import type { CacheUsage } from './domains/cache/usage.ts'
import type { MachineFolders } from './kernel/config/machine-folders.ts'
import type { Paths } from './kernel/config/paths.ts'
import type { SettingsStore } from './kernel/config/store.ts'
import type { Database } from './kernel/db/database.ts'
import type { Logger } from './kernel/log/logger.ts'
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
  /** For reading only; whatever changes the cache goes through `engine.write`. */
  db: Database
  storage: CacheStorage
  engine: Engine
  refresher: Refresher
  usage: CacheUsage
  /** What many answers need and seldom changes. */
  memo: CacheMemo
  /** Ends the process in order; returns at once. */
  stop(): void
}
