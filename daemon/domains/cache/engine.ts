import { type ErrorSlug, SmdError } from '../../../protocol/errors.ts'
import type { WorkName, WorkParams, WorkResult, WorkSurroundings } from '../collections/work/index.ts'
import type { CheckRequest, CheckResult } from '../upstream/writer/index.ts'
import type { Comparison, DiffRequest } from './diff/run-diff.ts'
import type { FileList } from './files/list-files.ts'
import type { FileContent, FileRequest } from './files/read-file.ts'
import type { Discovery, DiscoveryOptions } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import type { ScanCounters, ScanEnvironment } from './scan/types.ts'
import type { Finding, ValidationProfile } from './scan/validate.ts'
import type { CacheWrites, UnitWritten } from './writes.ts'

export type WriteName = keyof CacheWrites
export type WriteParams<Name extends WriteName> = Parameters<CacheWrites[Name]>[1]
export type WriteResult<Name extends WriteName> = ReturnType<CacheWrites[Name]>

/** One unit is done: what was written, or why it failed beyond what the scanner foresees. */
export type UnitDone = {
  unitId: number
  written: UnitWritten | null
  counters: ScanCounters
  unchanged: number
  failure: string | null
  /** Of an expected failure, e.g. `cache.disk_full`. */
  slug?: ErrorSlug
  /** Where the failure came from, for the log; only when it was not foreseen. */
  stack?: string
}

/**
 * What reads the disk and writes the cache. The daemon uses a process (`process-engine.ts`), so that it only answers
 * itself; the offline command line and tests do the same work in place (`InlineEngine`).
 */
export type Engine = {
  discover(options: DiscoveryOptions): Promise<Discovery>
  /**
   * Scans and writes all units, in any order; `onDone` is called once per unit. Up to `FEW` units are read beside
   * whatever else is being read; of larger scans there is one at a time. `signal`: units that are not begun when it is
   * aborted are left out. What the collections hold is taken from the cache, whatever `env` says.
   */
  scan(
    refs: readonly UnitRef[],
    env: ScanEnvironment,
    now: number,
    onDone: (done: UnitDone) => void,
    signal?: AbortSignal,
  ): Promise<void>
  /** Runs one of the cache's writes; they never overlap. */
  write<Name extends WriteName>(name: Name, params: WriteParams<Name>): Promise<WriteResult<Name>>
  /** Copies the database into a new file, between writes; checked and on the disk when the promise resolves. */
  backup(to: string): Promise<void>
  /** Asks the sources of artifacts that are due, and judges what comes from them; writes go on meanwhile. */
  checkUpstream(request: CheckRequest): Promise<CheckResult>
  /** Compares files of this machine with others, or with those of a source; what `signal` ends is not gone on with. */
  diff(request: DiffRequest, signal: AbortSignal): Promise<Comparison>
  validate(path: string, profile: ValidationProfile): Promise<Finding[]>
  /** The files of an artifact, given its folder or file. Errors: `artifact.unreadable`. */
  listFiles(path: string): Promise<FileList>
  /** Errors: `artifact.no_such_file`, `artifact.unreadable`. */
  readFile(request: FileRequest): Promise<FileContent>
  /**
   * Does what collections ask for: reads and changes files of the user, never the cache. What waits for nobody else is
   * done one at a time. Errors: those of the work.
   */
  work<Name extends WorkName>(
    name: Name,
    params: WorkParams<Name>,
    around: WorkSurroundings,
  ): Promise<WorkResult<Name>>
  /** Whether somebody waits for changes: then the next one shall not wait for a process to start. */
  keepReady(wanted: boolean): void
  /** Ends the scan there may be, so that nobody has the file open; the next request begins anew. */
  reset(): Promise<void>
  /** As `reset`, for good: from then on everything is refused with `daemon.stopping`. */
  close(): Promise<void>
}

/** So few units are read where they are asked for; to start a thread takes longer. */
export const FEW = 3

/** What is reported for a unit whose scan or write failed in a way nobody foresaw. */
export function failedUnit(unitId: number, error: unknown): UnitDone {
  const { message = String(error), stack = message } = (error ?? {}) as Partial<Error>
  const failed: UnitDone = {
    unitId,
    written: null,
    counters: noCounters,
    unchanged: 0,
    failure: message,
    stack,
  }
  return error instanceof SmdError ? { ...failed, slug: error.slug } : failed
}

export const noCounters: ScanCounters = { directories: 0, filesStatted: 0, filesRead: 0, bytesRead: 0 }
