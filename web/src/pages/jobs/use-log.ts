import { useEffect, useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { call, connectionState, onNotification } from '../../connection.ts'
import type { CallError } from '../../lib/call-error.ts'
import { useStore } from '../../lib/store.ts'

export type LogEntry = ResultOf<'logs.read'>['items'][number]
export type LogLevel = LogEntry['level']

/** A line with a number of its own, which counts up with time. */
export type LogLine = LogEntry & { number: number }

export type LogFilter = { level: LogLevel; request: string }

/** Lines that are fetched at first, and those that are kept at most. */
const FIRST = 1_000
const MOST = 5_000

export type Log = {
  /** Newest first; undefined before the first answer. */
  lines: readonly LogLine[] | undefined
  error: CallError | null
  /** New lines arrive. */
  isFollowing: boolean
}

/** Two followers at a time could not be told apart: one begins when the one before has ended. */
let following: Promise<void> = Promise.resolve()
let lastNumber = 0
const numbered = (entry: LogEntry): LogLine => ({ ...entry, number: ++lastNumber })

/**
 * The last lines of the log that pass a filter, and each new one as it is written, over the connection; without one, the
 * last lines as they are now. `paused` keeps what is shown.
 */
export function useLog({ level, request }: LogFilter, paused: boolean): Log {
  const isLive = useStore(connectionState) === 'live'
  const [lines, setLines] = useState<readonly LogLine[]>()
  const [error, setError] = useState<CallError | null>(null)
  useEffect(() => {
    if (paused) return
    const given = new AbortController()
    const filter = { level, ...(request !== '' && { request }) }
    const fail = (failure: CallError): void => {
      if (!given.signal.aborted) setError(failure)
    }
    const take = (entries: readonly LogEntry[], isFirst: boolean): void => {
      if (given.signal.aborted) return
      setError(null)
      const newest = entries.map(numbered).reverse()
      setLines((before) => (isFirst ? newest : [...newest, ...(before ?? [])].slice(0, MOST)))
    }
    if (isLive) following = following.then(() => follow(filter, given.signal, take).catch(fail))
    else
      call('logs.read', { ...filter, limit: FIRST }, given.signal).then(
        ({ items }) => take(items, true),
        fail,
      )
    return () => given.abort()
  }, [level, request, paused, isLive])
  return { lines, error, isFollowing: isLive && !paused && error === null }
}

async function follow(
  filter: { level: LogLevel; request?: string },
  signal: AbortSignal,
  take: (entries: readonly LogEntry[], isFirst: boolean) => void,
): Promise<void> {
  if (signal.aborted) return
  let waiting: LogEntry[] = []
  let isFirst = true
  let timer: ReturnType<typeof setTimeout> | undefined
  const hand = (): void => {
    timer = undefined
    take(waiting, isFirst)
    waiting = []
    isFirst = false
  }
  const end = onNotification((notification) => {
    if (notification.method !== 'logs.line') return
    waiting.push(notification.params)
    // Lines come in bursts: one painting for each.
    if (!isFirst) timer ??= setTimeout(hand, 50)
  })
  try {
    const over = call('logs.follow', { ...filter, limit: FIRST }, signal)
    // Old lines are sent before anything asked for later is answered.
    const all = call('logs.read', { limit: 0 }, signal).then(hand)
    await Promise.all([over, all])
  } finally {
    clearTimeout(timer)
    end()
  }
}
