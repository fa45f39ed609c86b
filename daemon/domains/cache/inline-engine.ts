import { copyDatabase } from '../../kernel/db/backup.ts'
import type { Database } from '../../kernel/db/database.ts'
import {
  createExclusion,
  runWork,
  type WorkName,
  type WorkParams,
  type WorkResult,
  type WorkSurroundings,
} from '../collections/work/index.ts'
import type { UpstreamProviders } from '../upstream/index.ts'
import { checkUpstream, type KeptFiles, noProviders } from '../upstream/writer/index.ts'
import { keepEvents } from './change-events.ts'
import {
  type Engine,
  failedUnit,
  type UnitDone,
  type WriteName,
  type WriteParams,
  type WriteResult,
} from './engine.ts'
import { listFiles } from './files/list-files.ts'
import { readFile } from './files/read-file.ts'
import { selectCollectionArtifacts } from './metadata-repo.ts'
import { discover } from './scan/discovery.ts'
import { scanAgainstCache, type UnitRef } from './scan/job.ts'
import type { ScanEnvironment } from './scan/types.ts'
import { validatePath } from './scan/validate.ts'
import { cacheWrites, runWrite } from './writes.ts'

/**
 * Reads and writes in this thread, on one connection; `providers` ask the sources of artifacts, `kept` is what their files
 * held.
 */
export function createInlineEngine(
  db: Database,
  providers: UpstreamProviders = noProviders,
  kept: KeptFiles | null = null,
): Engine {
  const closing = new AbortController()
  const exclusively = createExclusion()
  return {
    discover: async (options) => discover(options),
    async scan(refs, env, now, onDone, signal) {
      const full = { ...env, ...selectCollectionArtifacts(db) }
      for (const ref of refs) {
        if (signal?.aborted) return
        onDone(scanAndApply(db, ref, full, now))
        // Lets timers run: a progress bar is drawn by one.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async write<Name extends WriteName>(name: Name, params: WriteParams<Name>): Promise<WriteResult<Name>> {
      return runWrite(db, name, params)
    },
    checkUpstream: (request) =>
      checkUpstream(db, providers, request, closing.signal, (event) => keepEvents(db, request.now, [event])),
    async diff(request, signal) {
      // The offline command line seldom compares anything.
      const { runDiff } = await import('./diff/run-diff.ts')
      return runDiff(request, { providers, kept }, AbortSignal.any([signal, closing.signal]))
    },
    work<Name extends WorkName>(
      name: Name,
      params: WorkParams<Name>,
      around: WorkSurroundings,
    ): Promise<WorkResult<Name>> {
      const tools = { ...around, providers: async () => providers, kept, signal: closing.signal, exclusively }
      return runWork(tools, name, params)
    },
    backup: (to) => copyDatabase(db, to),
    validate: async (path, profile) => validatePath(path, profile),
    listFiles: (path) => listFiles(path),
    readFile,
    keepReady: () => undefined,
    reset: async () => undefined,
    close: async () => closing.abort(),
  }
}

/** Reads one unit and writes what was found. `onError` hears of what nobody foresaw. */
export function scanAndApply(
  db: Database,
  ref: UnitRef,
  env: ScanEnvironment,
  now: number,
  onError: (error: unknown) => void = () => undefined,
): UnitDone {
  try {
    const outcome = scanAgainstCache(db, ref, env)
    const written = cacheWrites.applyUnit(db, { outcome, now })
    const failure = outcome.failure?.message ?? null
    return { unitId: ref.id, written, counters: outcome.counters, unchanged: outcome.unchangedCount, failure }
  } catch (error) {
    onError(error)
    return failedUnit(ref.id, error)
  }
}
