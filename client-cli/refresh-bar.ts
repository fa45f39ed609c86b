import type { Call } from '../protocol/client.ts'
import type { Io } from './io.ts'

/** How often the daemon is asked how far it is, ms. */
const PACE_MS = 150

/** Shows how far the daemon's reading of the disk is, until `work` is done. */
export async function withRefreshBar<Result>(
  { call, io }: { call: Call; io: Io },
  work: Promise<Result>,
): Promise<Result> {
  const bar = io.progress('Reading projects')
  const show = async (): Promise<void> => {
    const { refresh } = await call('cache.status', {})
    if (refresh) bar.update(refresh.unitsDone, refresh.unitsTotal)
  }
  // A bar that cannot be drawn is no failure: `work` itself tells when the connection is gone.
  const timer = bar.visible ? setInterval(() => void show().catch(() => undefined), PACE_MS) : undefined
  try {
    return await work
  } finally {
    clearInterval(timer)
    bar.end()
  }
}
