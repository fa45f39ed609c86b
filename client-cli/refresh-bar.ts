import type { Notification } from '../protocol/client.ts'
import type { CommandContext } from './command.ts'
import type { Progress } from './io.ts'

/** What takes no longer than this needs no bar, and a daemon that tells no events is asked this often, ms. */
const PACE_MS = 150

type Source = Pick<CommandContext, 'call' | 'onNotification'>

/** Shows how far the daemon's reading of the disk is, until `work` is done; nothing where that is done in a moment. */
export async function withRefreshBar<Result>(
  { io, call, onNotification }: Source & Pick<CommandContext, 'io'>,
  work: Promise<Result>,
  patienceMs = PACE_MS,
): Promise<Result> {
  const bar = io.progress('Reading projects')
  if (!bar.visible) return work
  const over = new AbortController()
  const later = setTimeout(() => void showProgress({ call, onNotification }, bar, over.signal), patienceMs)
  try {
    return await work
  } finally {
    clearTimeout(later)
    over.abort()
    bar.end()
  }
}

/** As the daemon tells it; one that is too old for that, or none, is asked. */
async function showProgress(source: Source, bar: Progress, over: AbortSignal): Promise<void> {
  const stop = source.onNotification((notification) => {
    const progress = progressOf(notification)
    if (progress && !over.aborted) bar.update(progress.unitsDone, progress.unitsTotal)
  })
  // A bar that cannot be drawn is no failure: the work itself tells when the connection is gone.
  await source.call('events.subscribe', { topics: ['refresh'] }, { signal: over }).catch(() => undefined)
  stop()
  await poll(source, bar, over)
}

function progressOf({ method, params }: Notification): { unitsDone: number; unitsTotal: number } | null {
  if (method === 'events.snapshot') return params.refresh
  return method === 'events.event' && params.topic === 'refresh.progress' ? params.data : null
}

async function poll({ call }: Source, bar: Progress, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const { refresh } = await call('cache.status', {}).catch(() => ({ refresh: null }))
    if (refresh && !over.aborted) bar.update(refresh.unitsDone, refresh.unitsTotal)
    await new Promise((resolve) => setTimeout(resolve, PACE_MS).unref())
  }
}

export const READING = 'Reading what artifacts hold; the first time takes a while.'

/** What takes so long needs a word, ms. */
const LONG_MS = 700

/** Says what is being done when `work` takes long. */
export async function saying<Result>(
  io: CommandContext['io'],
  what: string,
  work: Promise<Result>,
): Promise<Result> {
  const later = setTimeout(() => io.note(what), LONG_MS)
  try {
    return await work
  } finally {
    clearTimeout(later)
  }
}
