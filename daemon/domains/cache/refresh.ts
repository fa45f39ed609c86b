import { resolve } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import type { Timers } from '../../kernel/timers.ts'
import { ChangedUnits } from './changed-units.ts'
import type { UnitDone } from './engine.ts'
import { withoutForgotten } from './forgotten.ts'
import { freshnessOf } from './freshness.ts'
import { projectId, projectIdOf, projectUid } from './ids.ts'
import { KnownUnits } from './known-units.ts'
import { checkSize } from './maintenance.ts'
import { selectCutOffRefresh, selectLastRefresh } from './metadata-repo.ts'
import { selectNoticedProjects, selectProjectsBy, selectStaleProjects } from './projects-repo.ts'
import { createTally, type RefreshResult } from './refresh-tally.ts'
import type { Discovery } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import { findProjectFolder } from './scan/project-folder.ts'
import type { ScanEnvironment } from './scan/types.ts'
import { UnitReports } from './unit-reports.ts'

export type RefreshProgress = NonNullable<ResultOf<'cache.status'>['refresh']>

type RefreshRequest = {
  /** Real path of the one project to read, or null for everything. */
  only: string | null
  /** Also what is not older than the time to live. */
  force: boolean
  cwd?: string | null
  /** False: read what the agents' own files about all projects changed, and look for no projects on the disk. */
  walk?: boolean
  /** What runs already does not count, because it began with other settings. */
  anew?: boolean
  /** What is stale within this time counts as stale: a schedule need not wait for its next turn. */
  slackMs?: number
}

export type RefreshContext = Pick<
  DaemonContext,
  'db' | 'engine' | 'events' | 'folders' | 'health' | 'log' | 'metrics' | 'now' | 'settings' | 'storage'
> & {
  /** Makes sure that the open cache is the one on the disk; calls `waitFor` when it has to be opened again. */
  ensureInPlace(): void
  timers: Timers
}

/** Keeps the units of a refresh watched, so that what changes in them from now on is not missed. */
export type UnitWatch = {
  /** `complete`: there are no others. Resolves when all are watched that can be; false when nothing is to be watched. */
  cover(refs: readonly UnitRef[], env: ScanEnvironment, options: { complete: boolean }): Promise<boolean>
}

/** A refresh that was asked for; those who ask for the same share it. */
type Entry = { request: RefreshRequest; started: boolean; result: Promise<RefreshResult> }

/** How often the progress of a refresh is written down. */
const NOTE_EVERY_MS = 1_000

/**
 * Brings the cache in line with the disk. One refresh runs at a time; a caller who asks for what is about to be read
 * anyway joins it, others queue. Units that are known to have changed are read at once, beside it. A unit that fails
 * keeps its old rows, does not stop the rest, and is tried again.
 */
export class Refresher {
  readonly #ctx: RefreshContext
  readonly #entries = new Set<Entry>()
  /** End of the last one asked for. */
  #last: Promise<unknown> = Promise.resolve()
  /** What refreshes found is watched, and was read again. */
  #covered: Promise<void> = Promise.resolve()
  /** What has to be over before the disk is read. */
  #obstacle: Promise<void> = Promise.resolve()
  #filled: boolean
  /** How often the cache was emptied; a refresh that was overtaken by that fills nothing. */
  #emptied = 0
  /** Folders that were offered before, whatever came of it. */
  readonly #noticed = new Set<string>()
  readonly #known = new KnownUnits()
  readonly #reports: UnitReports
  readonly #changed: ChangedUnits
  /** Units that changed while a refresh runs, which may have read them before; null while none runs. */
  #overtaken: Set<number> | null = null
  readonly #stopping = new AbortController()
  /** Set once there is something that watches. */
  watch: UnitWatch | null = null
  progress: RefreshProgress | null = null

  constructor(ctx: RefreshContext) {
    this.#ctx = ctx
    this.#filled = selectLastRefresh(ctx.db) !== null
    const { timers } = ctx
    this.#reports = new UnitReports(ctx, this.#known, timers, {
      again: (unitId) => void this.changed([unitId]),
      everything: () => this.refresh({ only: null, force: true }),
    })
    this.#changed = new ChangedUnits(ctx, this.#known, this.#reports, timers, {
      ready: () => this.#inPlace(),
      stopping: this.#stopping.signal,
      isRefreshing: () => this.#entries.size > 0,
    })
    const cutOff = selectCutOffRefresh(ctx.db)
    if (cutOff) ctx.log.warn('the last refresh was cut off', { progress: cutOff })
  }

  /** Whether the cache was filled at least once; before that, reads wait for the disk. */
  get filled(): boolean {
    return this.#filled
  }

  /** Reads that find an empty cache wait for the refresh that fills it; null when there is nothing to wait for. */
  beforeRead(): Promise<unknown> | null {
    if (!this.#ctx.settings.current.cache.enabled) return this.refresh({ only: null, force: true })
    return this.#filled ? null : this.refresh({ only: null, force: false })
  }

  /**
   * A client works in `cwd`: a project found there, or above it, that is not known yet is read in the background.
   * What the user removed stays removed.
   */
  noticeFolder(cwd: string): void {
    const { db, settings, folders } = this.#ctx
    const path = findProjectFolder(cwd, folders)
    if (path === null || this.#noticed.has(path)) return
    if (settings.current.projects.exclude.includes(path)) return
    if (selectProjectsBy(db, { path }).length > 0) return
    this.#noticed.add(path)
    this.inBackground({ only: path, force: false, cwd: path })
  }

  /** Somebody else than a client wants a refresh: its failure is for the log. */
  inBackground(request: RefreshRequest): void {
    void this.#logged(request)
  }

  /** One project was read into an empty cache and shall be enough (offline command line). */
  considerFilled(): void {
    this.#filled = true
  }

  /** The cache is about to be emptied: the next read fills it again, what runs now does not. */
  forget(): void {
    this.#filled = false
    this.#emptied++
    this.#noticed.clear()
    this.#known.clear()
    this.#reports.forget()
  }

  /** The cache is being replaced by an empty one. A refresh that fails meanwhile starts again when `work` is over. */
  waitFor(work: Promise<void>): void {
    this.forget()
    this.#obstacle = work
  }

  /** How often since the start something could not be read or kept. */
  get failures(): number {
    return this.#reports.failures
  }

  /** The cache is known to lack something that changed; it will be tried again. */
  get lacksChanges(): boolean {
    return this.#reports.hasOpen
  }

  /** The disk was found full a moment ago: what changes is not read. */
  get diskIsFull(): boolean {
    return this.#reports.diskIsFull
  }

  /** Reads everything although the disk was found full. Errors: as `refresh`. */
  tryAgain(): Promise<RefreshResult> {
    return this.#reports.tryAgain()
  }

  /** Refreshes that run or wait for their turn. */
  get pending(): number {
    return this.#entries.size + (this.#changed.running ? 1 : 0)
  }

  /** Resolves when no refresh runs or waits any more, whatever came of them. */
  async settled(): Promise<void> {
    while (this.pending > 0) await Promise.all([this.#last, this.#changed.running])
  }

  /** As `settled`; what had to wait until it was watched has been read then, too. */
  async caughtUp(): Promise<void> {
    await this.settled()
    await this.#covered
    await this.settled()
  }

  /** Begins no further unit, for good: what was read is kept, and the rest is as old as it was. */
  stop(): void {
    this.#stopping.abort()
    this.#reports.close()
    this.#changed.close()
  }

  /** The files of these units changed. Resolves when they were read. */
  async changed(unitIds: readonly number[]): Promise<void> {
    if (this.#stopping.signal.aborted || unitIds.length === 0) return
    for (const id of unitIds) this.#overtaken?.add(id)
    // Nothing can be kept; when there is room again everything is read.
    if (this.#reports.diskIsFull) return
    if (this.#known.env) return this.#changed.add(unitIds)
    await this.#logged({ only: null, force: false })
  }

  async #logged(request: RefreshRequest): Promise<void> {
    try {
      await this.refresh(request)
    } catch (error) {
      this.#ctx.log.error('refresh failed', { only: request.only, error: String((error as Error).stack) })
    }
  }

  refresh(request: RefreshRequest): Promise<RefreshResult> {
    for (const { started, result, request: other } of this.#entries) {
      // What runs now may have passed the change the caller has in mind, so it is a run of its own.
      const isLate = started && (request.force || request.anew || request.walk === false)
      if (!isLate && covers(other, request)) return result
    }
    const entry: Entry = { request, started: false, result: this.#last.then(() => this.#start(entry)) }
    this.#entries.add(entry)
    this.#last = entry.result.catch(() => undefined)
    return entry.result
  }

  async #start(entry: Entry): Promise<RefreshResult> {
    entry.started = true
    this.#overtaken = new Set()
    const { health, metrics } = this.#ctx
    const { only } = entry.request
    try {
      if (this.#stopping.signal.aborted) throw new SmdError('daemon.stopping')
      const result = await this.#runUndisturbed(entry.request)
      health.clear('refresh.failed')
      metrics.recordRefresh(result.durationMs)
      return result
    } catch (error) {
      if (!(error instanceof SmdError)) health.warn('refresh.failed', { reason: (error as Error).message })
      this.#reports.failed(error, only)
      throw error
    } finally {
      this.#entries.delete(entry)
      this.progress = null
      const overtaken = this.#overtaken
      this.#overtaken = null
      void this.changed([...overtaken])
    }
  }

  async #runUndisturbed(request: RefreshRequest): Promise<RefreshResult> {
    for (;;) {
      const { obstacle } = await this.#inPlace()
      try {
        return await this.#run(request)
      } catch (error) {
        if (obstacle === this.#obstacle) throw error
      }
    }
  }

  /** Waits until the open cache is the one on the disk. Returns what was waited for. */
  async #inPlace(): Promise<{ obstacle: Promise<void> }> {
    this.#ctx.ensureInPlace()
    const obstacle = this.#obstacle
    await obstacle
    return { obstacle }
  }

  async #run(request: RefreshRequest): Promise<RefreshResult> {
    const { engine, log, now, settings } = this.#ctx
    const began = { at: now(), emptied: this.#emptied }
    const startedAt = began.at
    this.progress = { startedAt, unitsDone: 0, unitsTotal: 0, artifacts: 0 }
    log[logLevelOf(request)]('refresh started', { ...request })
    const before = settings.current.projects
    const discovery = withoutForgotten(await this.#discover(request), before, settings.current.projects)
    const { complete, env, marketplaces } = discovery
    const { exclude: excluded } = settings.current.projects
    const synced = await engine.write('syncUnits', { ...discovery, excluded, now: startedAt })
    this.#reports.tell(synced.events)
    await engine.write('putMarketplaces', { marketplaces, now: startedAt })
    const refs = this.#due(request, synced.refs, env)
    const unwatched = this.#cover(synced.refs, env, complete)
    try {
      return await this.#read(request, refs, env, began)
    } finally {
      // What changed in a unit after it was read and before it was watched would be missed.
      const earlier = this.#covered
      const covered = unwatched.then((ids) => this.changed(ids))
      this.#covered = covered.then(() => earlier)
    }
  }

  /** Has units watched. Resolves, when they are, with those that are from now on. */
  async #cover(refs: readonly UnitRef[], env: ScanEnvironment, complete: boolean): Promise<number[]> {
    const ids = refs.map(({ id }) => id).filter((id) => !this.#known.get(id))
    this.#known.put(refs, env, complete)
    try {
      const isWatched = await this.watch?.cover(refs, env, { complete })
      return isWatched ? ids : []
    } catch (error) {
      this.#ctx.log.error('not watched', { error: String((error as Error).stack) })
      return []
    }
  }

  async #read(
    request: RefreshRequest,
    refs: readonly UnitRef[],
    env: ScanEnvironment,
    { at: startedAt, emptied }: { at: number; emptied: number },
  ): Promise<RefreshResult> {
    const { engine, events, log, now, settings } = this.#ctx
    const progress: RefreshProgress = { startedAt, unitsDone: 0, unitsTotal: refs.length, artifacts: 0 }
    this.progress = progress
    const projectIds = refs.map(projectIdOf).filter((id) => id !== null)
    const full = request.only === null && request.walk !== false
    events.publish('refresh.started', { projectIds, full })
    const tally = createTally(refs)
    const unforeseen: Array<{ unitId: number; message: string }> = []
    let noted = startedAt
    const took = (done: UnitDone): void => {
      tally.add(done)
      this.#reports.took(done)
      if (done.failure !== null && done.written === null)
        unforeseen.push({ unitId: done.unitId, message: done.failure })
      progress.unitsDone++
      progress.artifacts += done.unchanged + (done.written?.added ?? 0) + (done.written?.changed ?? 0)
      events.publish('refresh.progress', progress)
      if (now() - noted < NOTE_EVERY_MS) return
      noted = now()
      // What keeps it from being written keeps the units from it, too, and is told there.
      engine.write('noteProgress', { ...progress }).catch(() => undefined)
    }
    // What projects have from collections is judged by what the cache knows of those.
    const { collection: collections = [], other = [] } = Object.groupBy(refs, ({ unit }) =>
      unit.kind === 'collection' ? 'collection' : 'other',
    )
    const { signal } = this.#stopping
    await engine.scan(collections, env, startedAt, took, signal)
    await engine.scan(other, env, startedAt, took, signal)
    const endedAt = now()
    const result = tally.result(endedAt - startedAt)
    const isWhole = full && emptied === this.#emptied && !signal.aborted
    const retentionDays = settings.current.cache.cleanup_retention_days
    const changes = result.changesDetected
    this.#reports.tell(
      await engine.write('finishRefresh', {
        now: endedAt,
        changes,
        unforeseen,
        full: isWhole,
        retentionDays,
      }),
    )
    this.#changed.tidied()
    if (isWhole && emptied === this.#emptied) this.#filled = true
    checkSize(this.#ctx)
    if (signal.aborted && result.counters.units < refs.length) throw new SmdError('daemon.stopping')
    log[logLevelOf(request)]('refresh ended', {
      ...result.counters,
      errors: result.errors.length,
      durationMs: result.durationMs,
    })
    this.#reports.completed(request.only && projectId(projectUid(request.only)), result)
    return result
  }

  #discover({ only, cwd = null, walk = true }: RefreshRequest): Promise<Discovery> {
    const { db, engine, folders, settings } = this.#ctx
    const { agents, discovery, projects, scan } = settings.current
    return engine.discover({
      folders,
      settings: { agents, discovery, projects, scan },
      cwd,
      only: only && resolve(only),
      walk,
      noticed: only === null && walk ? selectNoticedProjects(db) : [],
    })
  }

  /** What belongs to no project is always read again: it is little, and every project depends on it. */
  #due(
    { only, force, slackMs, walk = true }: RefreshRequest,
    refs: UnitRef[],
    env: ScanEnvironment,
  ): UnitRef[] {
    if (!walk) return this.#known.affectedBy(refs, env)
    if (only !== null || force) return refs
    const stale = new Set(selectStaleProjects(this.#ctx.db, freshnessOf(this.#ctx, slackMs)))
    return refs.filter((ref) => ref.projectId === null || stale.has(ref.projectId))
  }
}

/** Agents write the files about all projects every few seconds, which would fill the log. */
const logLevelOf = ({ walk }: RefreshRequest): 'debug' | 'info' => (walk === false ? 'debug' : 'info')

function covers(running: RefreshRequest, asked: RefreshRequest): boolean {
  const wider = running.only === null || running.only === asked.only
  const walks = running.walk !== false || asked.walk === false
  const longer = running.force || (running.slackMs ?? 0) >= (asked.slackMs ?? 0)
  const sameFolder = (asked.cwd ?? null) === (running.cwd ?? null)
  return wider && walks && longer && sameFolder && (running.force || !asked.force)
}
