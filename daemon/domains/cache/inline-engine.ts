import type { Database } from '../../kernel/db/database.ts'
import {
  type Engine,
  failedUnit,
  type UnitDone,
  type WriteName,
  type WriteParams,
  type WriteResult,
} from './engine.ts'
import { discover } from './scan/discovery.ts'
import { scanAgainstCache, type UnitRef } from './scan/job.ts'
import type { ScanEnvironment } from './scan/types.ts'
import { validatePath } from './scan/validate.ts'
import { cacheWrites, runWrite } from './writes.ts'

/** Reads and writes in this thread, on one connection. */
export function createInlineEngine(db: Database): Engine {
  return {
    discover: async (options) => discover(options),
    async scan(refs, env, now, onDone) {
      for (const ref of refs) {
        onDone(scanAndApply(db, ref, env, now))
        // Lets timers run: a progress bar is drawn by one.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async write<Name extends WriteName>(name: Name, params: WriteParams<Name>): Promise<WriteResult<Name>> {
      return runWrite(db, name, params)
    },
    validate: async (path, profile) => validatePath(path, profile),
    reset: async () => undefined,
    close: async () => undefined,
  }
}

function scanAndApply(db: Database, ref: UnitRef, env: ScanEnvironment, now: number): UnitDone {
  try {
    const outcome = scanAgainstCache(db, ref, env)
    const written = cacheWrites.applyUnit(db, { outcome, now })
    const failure = outcome.failure?.message ?? null
    return { unitId: ref.id, written, counters: outcome.counters, unchanged: outcome.unchangedCount, failure }
  } catch (error) {
    return failedUnit(ref.id, error)
  }
}
