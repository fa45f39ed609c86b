/** Apart from the daemon's own wiring, so that a daemon does not load the code of scans: a process of its own does. */
import { SmdError } from '../protocol/errors.ts'
import { type Composed, compose, type Surroundings } from './compose.ts'
import type { CacheStorage } from './context.ts'
import { createInlineEngine } from './domains/cache/inline-engine.ts'
import { KeptFiles } from './domains/upstream/writer/index.ts'
import type { Database } from './kernel/db/database.ts'
import { Health } from './kernel/service/health.ts'
import { openSettings } from './open-settings.ts'

/** The same methods over one connection in this process: for the offline command line and for tests. */
export async function composeInline(
  around: Surroundings,
  db: Database,
  storage: CacheStorage,
): Promise<Composed> {
  const health = new Health(around.now)
  const settings = await openSettings(around, health)
  const engine = createInlineEngine(
    db,
    around.providers,
    new KeptFiles(around.paths.upstreamFilesDir, around.now),
  )
  const replaceCache = (): Promise<void> =>
    Promise.reject(new SmdError('cache.read_only', { reason: 'no daemon has it open' }))
  const ensureInPlace = (): void => undefined
  const composed = compose(around, { settings, health, db, storage, engine, replaceCache, ensureInPlace })
  return { ...composed, close: async () => db.close() }
}
