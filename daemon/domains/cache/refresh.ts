import { resolve } from 'node:path'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import type { UnitDone } from './engine.ts'
import { projectId } from './ids.ts'
import { selectCollectionHashes, selectLastRefresh } from './metadata-repo.ts'
import { selectProjectsBy, selectStaleProjects } from './projects-repo.ts'
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
}

type RefreshContext = Pick<DaemonContext, 'db' | 'engine' | 'folders' | 'settings' | 'log' | 'now'>

/**
 * Brings the cache in line with the disk. One refresh runs at a time; a caller who asks for what is about to be read
 * anyway joins it, others queue. A unit that fails keeps its old rows and does not stop the rest.
 */
export class Refresher {
  readonly #ctx: RefreshContext
  #running: { request: RefreshRequest; result: Promise<RefreshResult> } | null = null
  #queued: { request: RefreshRequest; result: Promise<RefreshResult> } | null = null
  #filled: boolean
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
    if (this.#filled) return null
    return this.#running?.result ?? this.refresh({ only: null, force: false })
  }

  /**
   * A client works in `cwd`: a project found there, or above it, that is not known yet is read in the background.
   * What the user removed stays removed.
   */
  noticeFolder(cwd: string): void {
    const { db, settings, folders, log } = this.#ctx
    const path = findProjectFolder(cwd, folders)
    if (path === null || settings.current.projects.exclude.includes(path)) return
    if (selectProjectsBy(db, { path }).length > 0) return
    this.refresh({ only: path, force: false, cwd: path }).catch((error) =>
      log.error('refresh failed', { path, error: String((error as Error).stack) }),
    )
  }

  /** One project was read into an empty cache and shall be enough (offline command line). */
  considerFilled(): void {
    this.#filled = true
  }

  /** After `cache.clear`: the next read fills the cache again. */
  forget(): void {
    this.#filled = false
  }

  refresh(request: RefreshRequest): Promise<RefreshResult> {
    if (!this.#running) return this.#start(request)
    // What runs now may have passed the change the caller has in mind, so a forced request is a run of its own.
    if (!request.force && covers(this.#running.request, request)) return this.#running.result
    if (this.#queued && covers(this.#queued.request, request)) return this.#queued.result
    const before = this.#queued ?? this.#running
    const result = before.result.then(
      () => this.#start(request),
      () => this.#start(request),
    )
    this.#queued = { request, result }
    return result
  }

  #start(request: RefreshRequest): Promise<RefreshResult> {
    if (this.#queued?.request === request) this.#queued = null
    const result = this.#run(request).finally(() => {
      this.#running = null
      this.progress = null
      if (!this.#queued) this.#ctx.engine.rest()
    })
    this.#running = { request, result }
    return result
  }

  async #run(request: RefreshRequest): Promise<RefreshResult> {
    const { engine, log, now } = this.#ctx
    const startedAt = now()
    this.progress = { startedAt, unitsDone: 0, unitsTotal: 0, artifacts: 0 }
    log.info('refresh started', { only: request.only, force: request.force })
    const discovery = await this.#discover(request)
    const known = await engine.write('syncUnits', discovery)
    await engine.write('putMarketplaces', { marketplaces: discovery.marketplaces, now: startedAt })
    const refs = this.#due(request, known)
    this.progress.unitsTotal = refs.length
    const tally = createTally(refs)
    const scan = async (some: UnitRef[], env = discovery.env): Promise<void> => {
      await engine.scan(some, env, startedAt, (done) => {
        tally.add(done)
        if (!this.progress) return
        this.progress.unitsDone++
        this.progress.artifacts += done.unchanged + (done.written?.added ?? 0) + (done.written?.changed ?? 0)
      })
    }
    const { collection: collections = [], other = [] } = Object.groupBy(refs, ({ unit }) =>
      unit.kind === 'collection' ? 'collection' : 'other',
    )
    await scan(collections)
    await scan(other, { ...discovery.env, collectionHashes: selectCollectionHashes(this.#ctx.db) })
    const endedAt = now()
    const result = tally.result(endedAt - startedAt)
    await engine.write('finishRefresh', {
      now: endedAt,
      changes: result.changesDetected,
      full: request.only === null,
      retentionDays: this.#ctx.settings.current.cache.cleanup_retention_days,
    })
    if (request.only === null) this.#filled = true
    log.info('refresh ended', {
      ...result.counters,
      errors: result.errors.length,
      durationMs: result.durationMs,
    })
    return result
  }

  #discover({ only, cwd = null }: RefreshRequest): Promise<Discovery> {
    const { engine, folders, settings } = this.#ctx
    const { discovery, projects, scan } = settings.current
    return engine.discover({
      folders,
      settings: { discovery, projects, scan },
      cwd,
      only: only && resolve(only),
    })
  }

  /** What belongs to no project is always read again: it is little, and every project depends on it. */
  #due({ only, force }: RefreshRequest, refs: UnitRef[]): UnitRef[] {
    if (only !== null || force) return refs
    const { db, now, settings } = this.#ctx
    const stale = new Set(selectStaleProjects(db, now() - settings.current.cache.ttl_minutes * 60_000))
    return refs.filter((ref) => ref.projectId === null || stale.has(ref.projectId))
  }
}

function covers(running: RefreshRequest, asked: RefreshRequest): boolean {
  const wider = running.only === null || running.only === asked.only
  return wider && (running.force || !asked.force) && (asked.cwd ?? null) === (running.cwd ?? null)
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
