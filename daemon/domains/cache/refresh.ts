import { resolve } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { Settings } from '../../../protocol/settings.ts'
import type { DaemonContext } from '../../context.ts'
import type { UnitDone } from './engine.ts'
import { freshnessOf } from './freshness.ts'
import { projectId } from './ids.ts'
import { checkSize } from './maintenance.ts'
import { selectCollectionArtifacts, selectLastRefresh } from './metadata-repo.ts'
import { selectNoticedProjects, selectProjectsBy, selectStaleProjects } from './projects-repo.ts'
import type { Discovery } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import { findProjectFolder } from './scan/project-folder.ts'

export type RefreshResult = NonNullable<ResultOf<'cache.refresh'>['result']>
export type RefreshProgress = NonNullable<ResultOf<'cache.status'>['refresh']>

type RefreshRequest = {
  /** Real path of the one project to read, or null for everything. */
  only: string | null
  /** Also what is not older than the time to live. */
  force: boolean
  cwd?: string | null
  /** What is stale within this time counts as stale: a schedule need not wait for its next turn. */
  slackMs?: number
}

type RefreshContext = Pick<
  DaemonContext,
  'db' | 'engine' | 'folders' | 'health' | 'log' | 'metrics' | 'now' | 'settings' | 'storage'
> & {
  /** Makes sure that the open cache is the one on the disk; calls `waitFor` when it has to be opened again. */
  ensureInPlace(): void
}

/** A refresh that was asked for; those who ask for the same share it. */
type Entry = { request: RefreshRequest; started: boolean; result: Promise<RefreshResult> }

/**
 * Brings the cache in line with the disk. One refresh runs at a time; a caller who asks for what is about to be read
 * anyway joins it, others queue. A unit that fails keeps its old rows and does not stop the rest.
 */
export class Refresher {
  readonly #ctx: RefreshContext
  readonly #entries = new Set<Entry>()
  /** End of the last one asked for. */
  #last: Promise<unknown> = Promise.resolve()
  /** What has to be over before the disk is read. */
  #obstacle: Promise<void> = Promise.resolve()
  #filled: boolean
  /** How often the cache was emptied; a refresh that was overtaken by that fills nothing. */
  #emptied = 0
  /** Folders that were offered before, whatever came of it. */
  readonly #noticed = new Set<string>()
  progress: RefreshProgress | null = null

  constructor(ctx: RefreshContext) {
    this.#ctx = ctx
    this.#filled = selectLastRefresh(ctx.db) !== null
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
    const { db, settings, folders, log } = this.#ctx
    const path = findProjectFolder(cwd, folders)
    if (path === null || this.#noticed.has(path)) return
    if (settings.current.projects.exclude.includes(path)) return
    if (selectProjectsBy(db, { path }).length > 0) return
    this.#noticed.add(path)
    this.refresh({ only: path, force: false, cwd: path }).catch((error) =>
      log.error('refresh failed', { path, error: String((error as Error).stack) }),
    )
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
  }

  /** The cache is being replaced by an empty one. A refresh that fails meanwhile starts again when `work` is over. */
  waitFor(work: Promise<void>): void {
    this.forget()
    this.#obstacle = work
  }

  /** Refreshes that run or wait for their turn. */
  get pending(): number {
    return this.#entries.size
  }

  /** Resolves when no refresh runs or waits any more, whatever came of them. */
  async settled(): Promise<void> {
    while (this.#entries.size > 0) await this.#last
  }

  refresh(request: RefreshRequest): Promise<RefreshResult> {
    for (const { started, result, request: other } of this.#entries) {
      // What runs now may have passed the change the caller has in mind, so a forced request is a run of its own.
      if ((!started || !request.force) && covers(other, request)) return result
    }
    const entry: Entry = { request, started: false, result: this.#last.then(() => this.#start(entry)) }
    this.#entries.add(entry)
    this.#last = entry.result.catch(() => undefined)
    return entry.result
  }

  async #start(entry: Entry): Promise<RefreshResult> {
    entry.started = true
    const { health, metrics } = this.#ctx
    try {
      const result = await this.#runUndisturbed(entry.request)
      health.clear('refresh.failed')
      metrics.recordRefresh(result.durationMs)
      return result
    } catch (error) {
      if (!(error instanceof SmdError)) health.warn('refresh.failed', { reason: (error as Error).message })
      throw error
    } finally {
      this.#entries.delete(entry)
      this.progress = null
    }
  }

  async #runUndisturbed(request: RefreshRequest): Promise<RefreshResult> {
    for (;;) {
      this.#ctx.ensureInPlace()
      const obstacle = this.#obstacle
      await obstacle
      try {
        return await this.#run(request)
      } catch (error) {
        if (obstacle === this.#obstacle) throw error
      }
    }
  }

  async #run(request: RefreshRequest): Promise<RefreshResult> {
    const { engine, log, now, settings } = this.#ctx
    const emptied = this.#emptied
    const startedAt = now()
    this.progress = { startedAt, unitsDone: 0, unitsTotal: 0, artifacts: 0 }
    log.info('refresh started', { only: request.only, force: request.force })
    const before = settings.current.projects
    const discovery = withoutForgotten(await this.#discover(request), before, settings.current.projects)
    const { exclude: excluded } = settings.current.projects
    const known = await engine.write('syncUnits', { ...discovery, excluded })
    await engine.write('putMarketplaces', { marketplaces: discovery.marketplaces, now: startedAt })
    const refs = this.#due(request, known)
    this.progress.unitsTotal = refs.length
    const tally = createTally(refs)
    const unforeseen: Array<{ unitId: number; message: string }> = []
    const scan = async (some: UnitRef[], env = discovery.env): Promise<void> => {
      await engine.scan(some, env, startedAt, (done) => {
        tally.add(done)
        const { unitId, failure: message, stack } = done
        if (message !== null) log.warn('unit failed', { unitId, message, stack })
        if (message !== null && done.written === null) unforeseen.push({ unitId, message })
        if (!this.progress) return
        this.progress.unitsDone++
        this.progress.artifacts += done.unchanged + (done.written?.added ?? 0) + (done.written?.changed ?? 0)
      })
    }
    const { collection: collections = [], other = [] } = Object.groupBy(refs, ({ unit }) =>
      unit.kind === 'collection' ? 'collection' : 'other',
    )
    await scan(collections)
    await scan(other, { ...discovery.env, ...selectCollectionArtifacts(this.#ctx.db) })
    const endedAt = now()
    const result = tally.result(endedAt - startedAt)
    const full = request.only === null && emptied === this.#emptied
    const retentionDays = settings.current.cache.cleanup_retention_days
    await engine.write('finishRefresh', {
      now: endedAt,
      changes: result.changesDetected,
      unforeseen,
      full,
      retentionDays,
    })
    if (full && emptied === this.#emptied) this.#filled = true
    checkSize(this.#ctx)
    log.info('refresh ended', {
      ...result.counters,
      errors: result.errors.length,
      durationMs: result.durationMs,
    })
    return result
  }

  #discover({ only, cwd = null }: RefreshRequest): Promise<Discovery> {
    const { db, engine, folders, settings } = this.#ctx
    const { agents, discovery, projects, scan } = settings.current
    return engine.discover({
      folders,
      settings: { agents, discovery, projects, scan },
      cwd,
      only: only && resolve(only),
      noticed: only === null ? selectNoticedProjects(db) : [],
    })
  }

  /** What belongs to no project is always read again: it is little, and every project depends on it. */
  #due({ only, force, slackMs }: RefreshRequest, refs: UnitRef[]): UnitRef[] {
    if (only !== null || force) return refs
    const stale = new Set(selectStaleProjects(this.#ctx.db, freshnessOf(this.#ctx, slackMs)))
    return refs.filter((ref) => ref.projectId === null || stale.has(ref.projectId))
  }
}

type ProjectSettings = Settings['projects']

/**
 * What was found, without the projects that the user asked to forget while it was looked for: those excluded since, and
 * those no longer added that nothing else names. They would come back otherwise.
 */
function withoutForgotten(found: Discovery, before: ProjectSettings, now: ProjectSettings): Discovery {
  if (before === now) return found
  const excluded = now.exclude.filter((path) => !before.exclude.includes(path))
  const dropped = before.include.filter((path) => !now.include.includes(path))
  const forgotten = new Set(
    found.projects
      .filter(
        ({ path, origins }) =>
          excluded.includes(path) ||
          (dropped.includes(path) && origins.every((origin) => origin === 'added')),
      )
      .map(({ path }) => path),
  )
  return {
    ...found,
    projects: found.projects.filter(({ path }) => !forgotten.has(path)),
    units: found.units.filter(({ kind, path }) => kind !== 'project' || !forgotten.has(path)),
  }
}

function covers(running: RefreshRequest, asked: RefreshRequest): boolean {
  const wider = running.only === null || running.only === asked.only
  const longer = running.force || (running.slackMs ?? 0) >= (asked.slackMs ?? 0)
  return wider && longer && (running.force || !asked.force) && (asked.cwd ?? null) === (running.cwd ?? null)
}

/** Adds up what the units report. */
function createTally(refs: readonly UnitRef[]) {
  const byId = new Map(refs.map((ref) => [ref.id, ref]))
  const errors: RefreshResult['errors'] = []
  let projectsRefreshed = 0
  const counters = {
    units: 0,
    directories: 0,
    filesStatted: 0,
    filesRead: 0,
    bytesRead: 0,
    added: 0,
    changed: 0,
    removed: 0,
    unchanged: 0,
  }
  return {
    add({ unitId, written, counters: work, unchanged, failure }: UnitDone): void {
      const ref = byId.get(unitId)
      counters.units++
      counters.directories += work.directories
      counters.filesStatted += work.filesStatted
      counters.filesRead += work.filesRead
      counters.bytesRead += work.bytesRead
      counters.added += written?.added ?? 0
      counters.changed += written?.changed ?? 0
      counters.removed += written?.removed ?? 0
      counters.unchanged += unchanged
      if (failure !== null) {
        const uid = written?.projectUid
        errors.push({
          projectId: uid ? projectId(Buffer.from(uid)) : null,
          path: ref?.unit.path ?? '',
          message: failure,
        })
      } else if (ref?.unit.kind === 'project') projectsRefreshed++
    },
    result(durationMs: number): RefreshResult {
      const changesDetected = counters.added + counters.changed + counters.removed
      return {
        success: errors.length === 0,
        projectsRefreshed,
        changesDetected,
        errors,
        durationMs,
        counters,
      }
    },
  }
}
