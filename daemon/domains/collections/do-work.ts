import type { DaemonContext } from '../../context.ts'
import type { WorkName, WorkParams, WorkResult } from './work/index.ts'

/** Has work done with what it has to know of this machine. Errors: those of the work; `daemon.restart_needed`. */
export function doWork<Name extends WorkName>(
  { engine, folders, now, settings }: Pick<DaemonContext, 'engine' | 'folders' | 'now' | 'settings'>,
  name: Name,
  params: WorkParams<Name>,
): Promise<WorkResult<Name>> {
  const { net } = settings.current
  return engine.work(name, params, {
    folders,
    now: now(),
    net: { offline: net.offline, timeoutMs: net.timeout_seconds * 1_000 },
  })
}
