import { SmdError } from '../../../protocol/errors.ts'
import type { AnyEvent } from '../../../protocol/events.ts'
import type { Timers } from '../../kernel/timers.ts'
import type { UnitDone } from './engine.ts'
import { projectId, projectIdOf, projectUid } from './ids.ts'
import type { KnownUnits } from './known-units.ts'
import type { RefreshContext } from './refresh.ts'
import type { RefreshResult } from './refresh-tally.ts'
import { Retries } from './retries.ts'

/** How long nothing is read after the disk was found full. */
const DISK_FULL_PAUSE_MS = 60_000
/** The folder is gone, which is a state of the project and no failure of the refresh. */
const gone = /^(ENOENT|ENOTDIR)$/
/** Failures that do not pass by themselves. */
const lasting = /^(EACCES|EPERM|ELOOP)$/

type Retry = {
  again(unitId: number): void
  everything(): Promise<RefreshResult>
}

/** Tells what became of what was read, and has it tried again when it failed for a reason that may pass. */
export class UnitReports {
  readonly #ctx: Pick<RefreshContext, 'events' | 'health' | 'log' | 'now' | 'storage'>
  readonly #known: KnownUnits
  readonly #timers: Timers
  readonly #retry: Retry
  readonly #retries: Retries
  /** Ends the pause after the disk was full. */
  #endPause: (() => void) | null = null
  #closed = false
  /** How often something could not be read as a whole, or not be kept. */
  failures = 0

  constructor(ctx: RefreshContext, known: KnownUnits, timers: Timers, retry: Retry) {
    this.#ctx = ctx
    this.#known = known
    this.#timers = timers
    this.#retry = retry
    this.#retries = new Retries(retry.again, timers)
  }

  /** Nothing can be kept at present. */
  get diskIsFull(): boolean {
    return this.#endPause !== null
  }

  /** Something is known to be missing in the cache; it will be tried again. */
  get hasOpen(): boolean {
    return this.diskIsFull || this.#retries.waiting > 0
  }

  /** One unit was read, or could not be. */
  took({ unitId, written, failure, slug, stack }: UnitDone): void {
    const { events, log, now } = this.#ctx
    if (written) this.tell(written.events)
    for (const each of written?.unresolved ?? [])
      log.warn('a member of a group is no artifact of its collection', { unitId, ...each })
    if (failure === null) {
      this.#retries.succeeded(unitId)
      return
    }
    log.warn('unit failed', { unitId, message: failure, stack })
    if (gone.test(failure)) {
      this.#retries.succeeded(unitId)
      return
    }
    if (!written) this.failures++
    if (slug === 'cache.disk_full') this.#pause()
    const pause = slug || lasting.test(failure) ? null : this.#retries.failed(unitId)
    const ref = this.#known.get(unitId)
    events.publish('refresh.failed', {
      projectId: ref ? projectIdOf(ref) : null,
      path: ref?.unit.path ?? '',
      error: failure,
      retryAt: pause === null ? null : now() + pause,
    })
  }

  tell(events: readonly AnyEvent[]): void {
    for (const { topic, data } of events) this.#ctx.events.publish(topic, data)
  }

  /** `project`: public id of the only one that was read. */
  completed(project: string | null, result: RefreshResult): void {
    const { success, projectsRefreshed, changesDetected, durationMs } = result
    const what = { projectId: project, success, projectsRefreshed, changesDetected, durationMs }
    this.#ctx.events.publish('refresh.completed', what)
  }

  /**
   * A refresh failed as a whole; `path` of the one project it was for. `changed`: units that nobody would read again
   * before the next refresh, because their events are over.
   */
  failed(error: unknown, path: string | null, changed: readonly number[] = []): void {
    this.failures++
    const isOurs = error instanceof SmdError
    if (isOurs && error.slug === 'daemon.stopping') return
    if (isOurs && error.slug === 'cache.disk_full') this.#pause()
    const project = path === null ? null : projectId(projectUid(path))
    const pauses = isOurs ? [] : changed.flatMap((unitId) => this.#retries.failed(unitId) ?? [])
    const retryAt = pauses.length === 0 ? null : this.#ctx.now() + Math.min(...pauses)
    const told = { projectId: project, path: path ?? '', error: (error as Error).message, retryAt }
    this.#ctx.events.publish('refresh.failed', told)
  }

  /** Reads everything although the disk was found full: what changed meanwhile was not read. Errors: as a refresh. */
  async tryAgain(): Promise<RefreshResult> {
    this.#endPause?.()
    this.#endPause = null
    try {
      const result = await this.#retry.everything()
      if (!this.diskIsFull) this.#ctx.health.clear('cache.disk_full')
      return result
    } catch (error) {
      this.#pause()
      throw error
    }
  }

  /** The units there were are no longer known. */
  forget(): void {
    this.#retries.close()
  }

  /** Nothing is tried again from now on. */
  close(): void {
    this.#closed = true
    this.#retries.close()
    this.#endPause?.()
  }

  /** The disk is full: reads go on, and after a while everything is tried again. */
  #pause(): void {
    if (this.#endPause || this.#closed) return
    const { health, log, storage } = this.#ctx
    log.error('the disk is full', { file: storage.path })
    health.warn('cache.disk_full', { file: storage.path })
    this.#endPause = this.#timers.after(DISK_FULL_PAUSE_MS, () => {
      this.tryAgain().catch((error) => log.error('refresh failed', { error: String((error as Error).stack) }))
    })
  }
}
