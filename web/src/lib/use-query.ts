import { useLayoutEffect, useMemo } from 'preact/hooks'
import type { MethodName, ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { call, onEvent } from '../connection.ts'
import { isFigure, keysToldBy } from './event-keys.ts'
import { type Entry, type Query, QueryStore } from './query-store.ts'
import { useStore } from './store.ts'
import { storeAnswers } from './stored-answers.ts'
import { whenIdle } from './when-idle.ts'

const FRESH_MS = 30_000
/** Figures are asked again when nothing was told for so long, ms, and after so long in any case. */
const QUIET_MS = 250
const MOST_MS = 1_000

export const storedAnswers = storeAnswers(storageOf(), whenIdle)
export const queries = new QueryStore(storedAnswers)

/** Null where the browser forbids it. */
function storageOf(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

/** Answers change when something happens, and may have changed while nobody looked. */
export function keepQueriesFresh(): void {
  const later = whenQuiet(QUIET_MS, MOST_MS)
  onEvent((message) => {
    const isTold = keysToldBy(message)
    queries.invalidate((key) => !isFigure(key) && isTold(key))
    later((key) => isFigure(key) && isTold(key))
  })
  window.addEventListener('focus', () => queries.revalidate())
}

type Matches = (key: string) => boolean

/** Collects what has to be asked again until it is quiet. */
function whenQuiet(quietMs: number, mostMs: number): (matches: Matches) => void {
  let waiting: Matches[] = []
  let since = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = (): void => {
    const all = waiting
    waiting = []
    queries.invalidate((key) => all.some((matches) => matches(key)))
  }
  return (matches) => {
    if (waiting.length === 0) since = Date.now()
    waiting.push(matches)
    clearTimeout(timer)
    timer = setTimeout(ask, Math.max(0, Math.min(quietMs, since + mostMs - Date.now())))
  }
}

export type QueryResult<Data> = Entry<Data> & { reload(): void }

/** Follows a query of any kind; null follows nothing. */
export function useAnyQuery<Data>(query: Query<Data> | null): QueryResult<Data> {
  const key = query?.key ?? ''
  const store = useMemo(() => (query ? queries.entry(query) : nothing), [key]) as Parameters<
    typeof useStore<Entry<Data>>
  >[0]
  const entry = useStore(store)
  // Before the paint: nothing is gained by asking after it.
  useLayoutEffect(() => (query ? queries.follow(query) : undefined), [key])
  return { ...entry, reload: () => queries.reload(key) }
}

const nothing = {
  get: (): Entry<never> => noEntry,
  subscribe: () => () => undefined,
}
const noEntry: Entry<never> = { data: undefined, error: null, loading: false, loadedAt: null, isOld: false }

/**
 * The answer of one method: from what the page holds at once, asked for when that is not fresh, and again whenever an
 * event tells that it may have changed. `params` null asks nothing.
 */
export function useQuery<Name extends MethodName>(
  method: Name,
  params: ParamsOf<Name> | null,
  { stored = true, freshMs = FRESH_MS }: { stored?: boolean; freshMs?: number } = {},
): QueryResult<ResultOf<Name>> {
  const query =
    params === null
      ? null
      : {
          key: `${method} ${JSON.stringify(params)}`,
          load: (signal: AbortSignal) => call(method, params, signal),
          freshMs,
          stored,
        }
  return useAnyQuery<ResultOf<Name>>(query)
}
