import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DaemonContext } from '../../context.ts'
import { networkKindOf, parseMounts, readMountInfo } from '../../kernel/fs/network-fs.ts'
import { type Clock, systemClock } from '../../kernel/watcher/clock.ts'
import { Cookies } from '../../kernel/watcher/cookies.ts'
import { createWatcher } from '../../kernel/watcher/create-watcher.ts'
import { Settler, type SettleTimes } from '../../kernel/watcher/settle.ts'
import type { Owner, WatchListener as RawListener, Watcher } from '../../kernel/watcher/watcher.ts'
import type { AgentFolder } from './scan/agents.ts'
import type { UnitRef } from './scan/job.ts'
import { findProjectFolder } from './scan/project-folder.ts'
import { EnvironmentFiles } from './watch-environment.ts'
import { environmentRoots, projectMarkedBy } from './watch-places.ts'
import { WatchTroubles } from './watch-troubles.ts'
import { CLAUDE_STATE, COOKIES, DISCOVERY, ENVIRONMENT, WatchedPlaces } from './watched-places.ts'

/** Who is told of changes, after they settled. */
export type WatchListener = {
  /** Files of these units may have changed; also called, at intervals, for units that cannot be watched. */
  onChanged(unitIds: readonly number[]): void
  /** Files that concern all units, or smd's own settings, may have changed. Never empty. `sync` waits for the promise. */
  onEnvironment(paths: readonly string[]): void | Promise<void>
  /** A folder that is no known unit has become a project. */
  onProject(path: string): void
}

export type WatchesOptions = {
  clock?: Clock
  /** Makes the watcher; by default the one for this system. */
  watcher?: (listener: RawListener, budget: () => number | null) => Watcher
  /** What is mounted where, as `/proc/self/mountinfo` says it. */
  mounts?: () => string
  /** How long a cookie may take before everything is looked at instead, ms. */
  cookieTimeoutMs?: number
}

export type WatchState = {
  /** Folders watched. */
  folders: number
  /** Units known, those in scan mode included. */
  units: number
  /** Units that are read at intervals instead of being watched. */
  scanUnits: number
  /** `inotify`, `chokidar`; `none` when nothing is watched. */
  backend: string
  /** How long it took until everything was watched that is known, the first time; null before. Milliseconds. */
  startMs: number | null
}

type WatchesContext = Pick<DaemonContext, 'settings' | 'health' | 'log' | 'now' | 'folders' | 'paths'>

/** Running agents write `~/.claude.json` every few seconds, mostly what is of no interest. */
const claudeStateTimes: SettleTimes = { quiet: 2_000, most: 10_000 }
const COOKIE_TIMEOUT_MS = 2_000

/**
 * Keeps what is watched in step with what is known, and says which units may have changed. Truth is always the scan: a
 * change that is told once too often costs a look at some files, one that is not told would be an old answer.
 */
export class Watches {
  readonly #ctx: WatchesContext
  readonly #listener: WatchListener
  readonly #options: WatchesOptions
  readonly #clock: Clock
  readonly #settler: Settler<number | string>
  readonly #cookies: Cookies
  readonly #troubles: WatchTroubles
  readonly #places: WatchedPlaces
  readonly #units = new Map<number, UnitRef>()
  /** Units that the watcher lost, until the next complete round tries again. */
  readonly #scanned = new Set<number>()
  readonly #changedEnvironment = new Set<string>()
  /** What the listener makes of such changes. */
  #handling: Promise<unknown> = Promise.resolve()
  readonly #environment: EnvironmentFiles
  /** The environment is looked at, because it is not watched. */
  #isEnvironmentLost = false
  #areCookiesLost = false
  readonly #unfollow: () => void
  #watcher: Watcher | null = null
  #agentFolders: readonly AgentFolder[] = []
  #cancelScan: (() => void) | null = null
  /** A change of the settings that takes effect. */
  #following: Promise<void> = Promise.resolve()
  #startMs: number | null = null
  #isClosed = false

  constructor(ctx: WatchesContext, listener: WatchListener, options: WatchesOptions = {}) {
    this.#ctx = ctx
    this.#listener = listener
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#settler = new Settler<number | string>({
      clock: this.#clock,
      times: (key) => this.#timesOf(key),
      isHeld: (key) => this.#isHeld(key),
      settled: (keys) => this.#report(keys),
    })
    this.#cookies = new Cookies(join(ctx.paths.stateDir, 'cookies'), this.#clock)
    this.#troubles = new WatchTroubles(ctx)
    this.#places = new WatchedPlaces(ctx)
    this.#environment = new EnvironmentFiles(ctx.folders, ctx.paths)
    this.#unfollow = ctx.settings.onChange(() => this.#follow())
  }

  get state(): WatchState {
    const { folders = 0, backend = 'none' } = this.#watcher ?? {}
    return {
      folders,
      units: this.#units.size,
      scanUnits: this.#scanIds().length,
      backend,
      startMs: this.#startMs,
    }
  }

  /**
   * Watches these units; `complete` says that there are no others. Resolves when all their folders are watched, so that
   * a unit that is read afterwards misses no change; false when nothing is to be watched. `env.agentFolders`: rows of
   * the configuration, as for a scan.
   */
  async cover(
    refs: readonly UnitRef[],
    env: { agentFolders?: readonly AgentFolder[] },
    { complete }: { complete: boolean },
  ): Promise<boolean> {
    if (this.#isClosed) return false
    this.#agentFolders = env.agentFolders ?? []
    if (complete) this.#forgetAllBut(refs)
    for (const ref of refs) {
      this.#units.set(ref.id, ref)
      this.#places.found(ref.unit.path)
    }
    this.#armScan()
    const watcher = this.#open()
    this.#lookAtEnvironment()
    if (!watcher) return false
    const startedAt = this.#clock.now()
    const rules = this.#places.rulesFor(this.#agentFolders)
    if (complete) {
      this.#scanned.clear()
      this.#troubles.reset()
      this.#isEnvironmentLost = false
      this.#areCookiesLost = false
      watcher.set(COOKIES, [this.#cookies.root])
      this.#places.cover(watcher, this.#units.values())
    }
    const mounts = parseMounts((this.#options.mounts ?? readMountInfo)())
    for (const { id, unit } of refs) {
      const kind = networkKindOf(unit.path, mounts)
      if (kind === null) {
        if (!this.#scanned.has(id)) watcher.set(id, rules.rootsOf(unit))
      } else {
        watcher.remove(id)
        this.#scanned.add(id)
        this.#troubles.onNetwork(id, unit.path, kind)
      }
    }
    await watcher.ready()
    if (complete) this.#startMs ??= this.#clock.now() - startedAt
    this.#tellTroubles()
    return true
  }

  /**
   * Resolves when every change made before the call has been handed to the listener, units in scan mode included, whose
   * ids are returned. Where the system's events are not to be relied on, all units are handed over.
   */
  async sync(): Promise<{ scanMode: readonly number[] }> {
    await this.#following
    const watcher = this.#watcher
    const mayBeSeen = watcher !== null && !this.#areCookiesLost
    const isSeen = mayBeSeen && (await this.#cookies.wait(this.#cookieTimeout()))
    if (watcher !== null && !isSeen) {
      this.#ctx.log.warn('no event of a cookie: everything is looked at')
      this.#everything()
      watcher.lookAgain()
    }
    await watcher?.ready()
    this.#lookAtEnvironment()
    const scanMode = this.#scanIds()
    for (const id of scanMode) this.#settler.note(id)
    this.#settler.flush()
    await this.#handling
    return { scanMode }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#unfollow()
    this.#cancelScan?.()
    this.#cancelScan = null
    this.#settler.close()
    this.#cookies.giveUp()
    const watcher = this.#watcher
    this.#watcher = null
    await watcher?.close()
  }

  // What is watched

  #open(): Watcher | null {
    if (this.#ctx.settings.current.watch.mode !== 'auto') return null
    if (this.#watcher) return this.#watcher
    const listener: RawListener = {
      changed: (owner, dir, name) => this.#changed(owner, dir, name),
      overflowed: () => this.#overflowed(),
      failed: (owner, trouble, detail) => {
        this.#ctx.log.warn('cannot be watched', { owner, trouble, detail })
        if (owner === COOKIES) {
          this.#areCookiesLost = true
          this.#cookies.giveUp()
        }
        if (owner === ENVIRONMENT || owner === CLAUDE_STATE) this.#isEnvironmentLost = true
        if (!this.#units.has(owner)) return
        this.#scanned.add(owner)
        this.#troubles.onFailed(owner, trouble, detail)
        this.#tellTroubles()
      },
      unreadable: (folders) => this.#troubles.onUnreadable(folders),
    }
    const budget = (): number | null => this.#ctx.settings.current.watch.max_folders || null
    const make = this.#options.watcher ?? createWatcher
    this.#watcher = make(listener, budget)
    this.#cookies.prepare()
    this.#ctx.log.info('watching', { backend: this.#watcher.backend })
    return this.#watcher
  }

  #forgetAllBut(refs: readonly UnitRef[]): void {
    const known = new Set(refs.map(({ id }) => id))
    for (const [id, { unit }] of this.#units) {
      if (known.has(id)) continue
      this.#units.delete(id)
      this.#scanned.delete(id)
      this.#settler.drop(id)
      this.#watcher?.remove(id)
      if (unit.kind === 'project') this.#places.lost(unit.path)
    }
  }

  /** Settings have changed. */
  #follow(): void {
    this.#armScan()
    if (this.#ctx.settings.current.watch.mode === 'auto') {
      if (this.#watcher || this.#units.size === 0) return
      // Watched from now on; what happened before is found by reading
      const env = { agentFolders: this.#agentFolders }
      const covered = this.cover([...this.#units.values()], env, { complete: true })
      this.#following = covered.then(
        () => this.#everything(),
        (error) => this.#ctx.log.error('not watched', { error: String((error as Error).stack) }),
      )
      return
    }
    const watcher = this.#watcher
    this.#watcher = null
    this.#troubles.clear()
    this.#scanned.clear()
    void watcher?.close()
  }

  // What is told

  #changed(owner: Owner, dir: string, name: string): void {
    if (owner >= 0) this.#settler.note(owner)
    else if (owner === COOKIES) this.#cookies.noticed(name)
    else if (owner === DISCOVERY) {
      const project = projectMarkedBy(dir, name)
      if (project !== null) this.#settler.note(project)
    } else if (owner === CLAUDE_STATE) this.#settler.note(CLAUDE_STATE)
    else {
      this.#changedEnvironment.add(name === '' ? dir : join(dir, name))
      this.#settler.note(ENVIRONMENT)
    }
  }

  #overflowed(): void {
    this.#ctx.log.warn('events may have been lost: everything is looked at')
    this.#everything()
    this.#cookies.giveUp()
  }

  /** Anything may have changed. */
  #everything(): void {
    if (this.#isClosed) return
    for (const id of this.#units.keys()) this.#settler.note(id)
    const { folders, paths } = this.#ctx
    for (const { path } of environmentRoots(folders, paths)) this.#changedEnvironment.add(path)
    this.#settler.note(ENVIRONMENT)
    this.#settler.note(CLAUDE_STATE)
  }

  #timesOf(key: number | string): SettleTimes {
    if (key === CLAUDE_STATE) return claudeStateTimes
    const { settle_ms: quiet, max_settle_ms: most } = this.#ctx.settings.current.watch
    return { quiet, most }
  }

  /** Git replaces many files: one refresh when it is done. */
  #isHeld(key: number | string): boolean {
    if (typeof key === 'string') return existsSync(join(key, '.git/index.lock'))
    const unit = this.#units.get(key)?.unit
    return unit?.kind === 'project' && existsSync(join(unit.path, '.git/index.lock'))
  }

  #report(keys: ReadonlyArray<number | string>): void {
    const { folders } = this.#ctx
    const units = keys.filter((key) => typeof key === 'number' && this.#units.has(key)) as number[]
    const environment: string[] = []
    if (keys.includes(ENVIRONMENT)) {
      environment.push(...this.#changedEnvironment)
      this.#changedEnvironment.clear()
    }
    if (keys.includes(CLAUDE_STATE)) environment.push(folders.claudeJson)
    this.#ctx.log.debug('files changed', { units, environment })
    if (units.length > 0) this.#listener.onChanged(units)
    if (environment.length > 0) {
      const handling = this.#listener.onEnvironment(environment)
      this.#handling = Promise.allSettled([this.#handling, handling])
    }
    for (const key of keys)
      if (typeof key === 'string' && this.#isNewProject(key)) this.#listener.onProject(key)
  }

  #isNewProject(path: string): boolean {
    const { folders, settings } = this.#ctx
    const { exclude } = settings.current.projects
    if (exclude.some((each) => path === each || path.startsWith(`${each}/`))) return false
    for (const { unit } of this.#units.values()) if (unit.path === path) return false
    return findProjectFolder(path, folders) === path
  }

  // Scan mode

  #scanIds(): number[] {
    const { mode } = this.#ctx.settings.current.watch
    return mode === 'auto' ? [...this.#scanned] : [...this.#units.keys()]
  }

  /** Units that are not watched are read at intervals. */
  #armScan(): void {
    this.#cancelScan?.()
    this.#cancelScan = null
    const { mode, scan_interval_seconds: seconds } = this.#ctx.settings.current.watch
    if (this.#isClosed || mode === 'off') return
    this.#cancelScan = this.#clock.after(seconds * 1_000, () => {
      this.#armScan()
      this.#lookAtEnvironment()
      const ids = this.#scanIds()
      if (ids.length > 0) this.#listener.onChanged(ids)
    })
  }

  /** What concerns all units, where it is not watched. */
  #lookAtEnvironment(): void {
    if (this.#ctx.settings.current.watch.mode === 'auto' && !this.#isEnvironmentLost) return
    for (const path of this.#environment.changed()) {
      this.#changedEnvironment.add(path)
      this.#settler.note(ENVIRONMENT)
    }
  }

  #tellTroubles(): void {
    this.#troubles.tell(this.#units.size)
  }

  #cookieTimeout(): number {
    return this.#options.cookieTimeoutMs ?? COOKIE_TIMEOUT_MS
  }
}
