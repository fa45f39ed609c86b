import type { DaemonContext } from '../../context.ts'
import type { RunStore } from '../../kernel/scheduler/job.ts'
import { selectLastRun } from './runs-repo.ts'

/**
 * Runs in cache.db. `ensureInPlace` looks whether that is still the file that is open; `alive` are the instances whose
 * unfinished runs are running ones: only this one, since a second daemon cannot be.
 */
export function createRunStore(
  { db, engine, identity }: Pick<DaemonContext, 'db' | 'engine' | 'identity'>,
  { ensureInPlace = () => undefined, alive = () => [identity.instance] }: StoreOptions = {},
): RunStore {
  const { instance } = identity
  return {
    history: (job) => ({
      last: selectLastRun(db, job, 'any'),
      lastScheduled: selectLastRun(db, job, 'scheduled'),
    }),
    claim(claim) {
      ensureInPlace()
      return engine.write('claimJobRun', { ...claim, instance })
    },
    finish: (id, end) => engine.write('finishJobRun', { id, ...end }),
    async interruptLost(now) {
      await engine.write('interruptJobRuns', { alive: alive(), now })
    },
  }
}

type StoreOptions = { ensureInPlace?(): void; alive?(): string[] }
