/**
 * Answers of the daemon that the page holds, by what was asked. Components follow entries through `useQuery`; here is
 * when an answer is asked for, kept, asked for again and dropped.
 */

import { CallError } from './call-error.ts'
import { createStore, type Store } from './store.ts'
import type { StoredAnswers } from './stored-answers.ts'

export type Entry<Data> = {
  /** The last answer; stays while a newer one is on its way. */
  data: Data | undefined
  /** Why the last try failed; null once one succeeds. */
  error: CallError | null
  /** Somebody is being asked. */
  loading: boolean
  /** When `data` was answered, Unix ms; null without data. */
  loadedAt: number | null
  /** `data` is of an earlier visit; nothing newer came yet. */
  isOld: boolean
}

export type Query<Data> = {
  key: string
  /** Asks the daemon; may hand over parts of the answer while the rest is on its way. */
  load(signal: AbortSignal, partly: (data: Data) => void): Promise<Data>
  /** A new answer that has the parts of the one before which are equal, so that these are not drawn again. */
  reuse?(before: Data, after: Data): Data
  /** Answered less than this many ms ago, it is not asked again without a reason. */
  freshMs: number
  /** Whether the browser keeps it for the next visit. */
  stored: boolean
}

type Held = {
  store: Store<Entry<unknown>>
  query: Query<unknown>
  followers: number
  /** Aborts the call that is on its way. */
  running: AbortController | null
  /** Asked for again while a call was on its way. */
  again: boolean
  failures: number
  retry: ReturnType<typeof setTimeout> | undefined
  drop: ReturnType<typeof setTimeout> | undefined
}

/** How long an answer is kept that nobody follows. */
const KEPT_MS = 5 * 60_000
/** How many of those; a list of any length is gone through in blocks. */
const KEPT = 100
/** How long a prepared answer waits for a follower. */
const PREPARED_MS = 10_000
/** That a newer answer is on its way is said when it takes longer than this. */
const LOADING_AFTER_MS = 100
/** Pauses after failures that pass. */
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000]

const empty: Entry<unknown> = { data: undefined, error: null, loading: false, loadedAt: null, isOld: false }

export class QueryStore {
  readonly #held = new Map<string, Held>()
  readonly #stored: StoredAnswers
  readonly #now: () => number

  constructor(stored: StoredAnswers, now: () => number = Date.now) {
    this.#stored = stored
    this.#now = now
  }

  /** The entry of a query, with the answer of an earlier visit when there is no other. */
  entry<Data>(query: Query<Data>): Store<Entry<Data>> {
    return this.#hold(query).store as Store<Entry<Data>>
  }

  /** Follows a query: it is asked when its answer is not fresh. Returns what ends it. */
  follow<Data>(query: Query<Data>): () => void {
    const held = this.#hold(query)
    clearTimeout(held.drop)
    held.query = query as Query<unknown>
    held.followers++
    this.#askUnlessFresh(held)
    return () => {
      if (--held.followers > 0) return
      clearTimeout(held.retry)
      held.running?.abort()
      held.drop = setTimeout(() => this.#held.delete(query.key), KEPT_MS)
      this.#leave(query.key, held)
    }
  }

  /** Nobody follows it any more: of those the ones that were left last are kept. */
  #leave(key: string, held: Held): void {
    this.#held.delete(key)
    this.#held.set(key, held)
    const left = [...this.#held].filter(([, { followers }]) => followers === 0)
    for (const [oldest, { drop }] of left.slice(0, Math.max(0, left.length - KEPT))) {
      clearTimeout(drop)
      this.#held.delete(oldest)
    }
  }

  /**
   * Asks for what somebody will follow in a moment, such as a view whose code is on its way. Resolves when there is
   * something to show, or a reason why not.
   */
  prepare<Data>(query: Query<Data>): Promise<void> {
    const leave = this.follow(query)
    setTimeout(leave, PREPARED_MS)
    const entry = this.entry(query)
    return new Promise((resolve) => {
      const look = (): void => {
        const { data, error } = entry.get()
        if (data === undefined && error === null) return
        stop()
        resolve()
      }
      const stop = entry.subscribe(look)
      look()
    })
  }

  /** Asks again now; while a call is on its way, once more after it. */
  reload(key: string): void {
    const held = this.#held.get(key)
    if (held) this.#ask(held)
  }

  /**
   * Shows an answer as it will be once something that was asked for is done. The next answer replaces it, so whoever
   * calls this reloads afterwards, whether it was done or not.
   */
  expect<Data>(key: string, change: (data: Data) => Data): void {
    const store = this.#held.get(key)?.store as Store<Entry<Data>> | undefined
    const entry = store?.get()
    if (store && entry && entry.data !== undefined) store.set({ ...entry, data: change(entry.data) })
  }

  /** Answers to these are not true any more: what is followed is asked again, the rest when somebody follows it. */
  invalidate(matches: (key: string) => boolean): void {
    for (const [key, held] of this.#held) {
      if (!matches(key)) continue
      if (held.followers > 0) this.#ask(held)
      else held.store.set({ ...held.store.get(), loadedAt: null })
    }
  }

  /** Asks again what is followed and not fresh: somebody looks at the page again. */
  revalidate(): void {
    for (const held of this.#held.values()) if (held.followers > 0) this.#askUnlessFresh(held)
  }

  #hold<Data>(query: Query<Data>): Held {
    let held = this.#held.get(query.key)
    if (!held) {
      const before = query.stored ? this.#stored.read(query.key) : null
      const first = before ? { ...empty, data: before.data, loadedAt: before.at, isOld: true } : empty
      held = {
        store: createStore<Entry<unknown>>(first),
        query: query as Query<unknown>,
        followers: 0,
        running: null,
        again: false,
        failures: 0,
        retry: undefined,
        drop: undefined,
      }
      this.#held.set(query.key, held)
    }
    return held
  }

  #askUnlessFresh(held: Held): void {
    const { loadedAt, isOld, error } = held.store.get()
    const isFresh =
      !isOld && error === null && loadedAt !== null && this.#now() - loadedAt < held.query.freshMs
    // A call that is on its way answers all who follow, unless it was given up.
    const isAsked = held.running !== null && !held.running.signal.aborted
    if (!isFresh && !isAsked) this.#ask(held)
  }

  #ask(held: Held): void {
    clearTimeout(held.retry)
    if (held.running) held.again = true
    else void this.#run(held)
  }

  async #run(held: Held): Promise<void> {
    const { store, query } = held
    const running = new AbortController()
    held.running = running
    // What stands there already is not drawn twice for an answer that comes at once.
    const say = (): void => store.set({ ...store.get(), loading: true })
    const saying = store.get().data === undefined ? say() : setTimeout(say, LOADING_AFTER_MS)
    const answered = (data: unknown, loading: boolean): void =>
      store.set({ data, error: null, loading, loadedAt: this.#now(), isOld: false })
    try {
      // Parts would take back rows that are shown already, so they count for the first answer only.
      const isFirst = store.get().data === undefined || store.get().isOld
      const loaded = await query.load(running.signal, (part) => {
        if (isFirst && !running.signal.aborted) answered(part, true)
      })
      if (running.signal.aborted) return
      const before = store.get().data
      const data = query.reuse && before !== undefined ? query.reuse(before, loaded) : loaded
      held.failures = 0
      answered(data, false)
      if (query.stored) this.#stored.write(query.key, { data, at: this.#now() })
    } catch (error) {
      if (!running.signal.aborted) this.#failed(held, error)
    } finally {
      clearTimeout(saying ?? undefined)
      held.running = null
      if (running.signal.aborted) store.set({ ...store.get(), loading: false })
      if (held.again && held.followers > 0) {
        held.again = false
        this.#ask(held)
      }
    }
  }

  #failed(held: Held, error: unknown): void {
    const failure =
      error instanceof CallError
        ? error
        : new CallError('internal', String((error as Error)?.message ?? error), '')
    held.store.set({ ...held.store.get(), error: failure, loading: false })
    const pause = RETRY_MS[held.failures++]
    if (failure.passes && pause !== undefined && held.followers > 0)
      held.retry = setTimeout(() => this.#ask(held), pause)
  }
}
