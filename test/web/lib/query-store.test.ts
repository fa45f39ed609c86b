import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { CallError } from '../../../web/src/lib/call-error.ts'
import { type Query, QueryStore } from '../../../web/src/lib/query-store.ts'
import { type StoredAnswers, storeAnswers } from '../../../web/src/lib/stored-answers.ts'

/** A query whose calls are answered by hand. */
function aQuery(options: Partial<Query<string>> = {}) {
  const calls: Array<{
    signal: AbortSignal
    partly(data: string): void
    answer(data: string): void
    fail(error: Error): void
  }> = []
  const query: Query<string> = {
    key: 'projects.list {}',
    freshMs: 30_000,
    stored: false,
    load: (signal, partly) =>
      new Promise((resolve, reject) => calls.push({ signal, partly, answer: resolve, fail: reject })),
    ...options,
  }
  const last = () => {
    const call = calls.at(-1)
    if (!call) throw new Error('nothing was asked')
    return call
  }
  return { query, calls, last }
}

const gone = (): CallError => new CallError('daemon.unavailable', 'The daemon does not answer.', 'smd start')
const wrong = (): CallError => new CallError('project.not_found', 'There is no such project.', '')
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('answers the page holds (CACHE-3.2c, CACHE-3.5a)', () => {
  const nothingStored: StoredAnswers = { read: () => null, write: () => undefined, clear: () => undefined }
  let time: number
  let store: QueryStore
  beforeEach(() => {
    time = 1_000_000
    store = new QueryStore(nothingStored, () => time)
  })

  it('asks when somebody follows, and shares one call among all who do', async () => {
    const { query, calls, last } = aQuery()
    store.follow(query)
    store.follow(query)
    expect(store.entry(query).get()).toMatchObject({ data: undefined, loading: true })
    last().answer('rows')
    await settled()
    expect(calls).toHaveLength(1)
    expect(store.entry(query).get()).toEqual({
      data: 'rows',
      error: null,
      loading: false,
      loadedAt: time,
      isOld: false,
    })
  })

  it('does not ask again while the answer is fresh, and does when it is not', async () => {
    const { query, calls, last } = aQuery({ freshMs: 100 })
    const leave = store.follow(query)
    last().answer('rows')
    await settled()
    leave()
    time += 99
    store.follow(query)()
    expect(calls).toHaveLength(1)
    time += 1
    store.follow(query)
    expect(calls).toHaveLength(2)
  })

  it('keeps a hundred answers that nobody follows, those that were left last', async () => {
    const asked: string[] = []
    const block = (number: number): Query<string> => ({
      ...aQuery().query,
      key: `artifacts.table ${number}`,
      load: async () => {
        asked.push(`${number}`)
        return `block ${number}`
      },
    })
    store.follow(block(-1))
    for (let number = 0; number < 150; number++) {
      const leave = store.follow(block(number))
      await settled()
      leave()
    }
    asked.length = 0
    for (const number of [-1, 0, 49, 50, 149]) store.follow(block(number))
    expect(asked).toEqual(['0', '49'])
    expect(store.entry(block(50)).get().data).toBe('block 50')
  })

  it('keeps the old answer on the screen while a newer one is on its way', async () => {
    const { query, last } = aQuery()
    store.follow(query)
    last().answer('old')
    await settled()
    store.reload(query.key)
    expect(store.entry(query).get()).toMatchObject({ data: 'old' })
    last().answer('new')
    await settled()
    expect(store.entry(query).get()).toMatchObject({ data: 'new', loading: false })
  })

  it('says that a newer answer is on its way only when that takes longer than a moment', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { query, last } = aQuery()
    store.follow(query)
    last().answer('old')
    await vi.advanceTimersByTimeAsync(0)
    const seen: boolean[] = []
    const entry = store.entry(query)
    entry.subscribe(() => seen.push(entry.get().loading))
    store.reload(query.key)
    await vi.advanceTimersByTimeAsync(50)
    last().answer('soon')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen).toEqual([false])
    store.reload(query.key)
    await vi.advanceTimersByTimeAsync(200)
    expect(entry.get()).toMatchObject({ data: 'soon', loading: true })
    last().answer('late')
    await vi.advanceTimersByTimeAsync(0)
    expect(seen).toEqual([false, true, false])
  })

  it('takes over from the answer before what is equal', async () => {
    const { query, last } = aQuery({ reuse: (before, after) => `${before}, ${after}` })
    store.follow(query)
    last().answer('one')
    await settled()
    store.reload(query.key)
    last().answer('two')
    await settled()
    expect(store.entry(query).get().data).toBe('one, two')
  })

  it('asks once more when something changed while a call was on its way', async () => {
    const { query, calls, last } = aQuery()
    store.follow(query)
    store.invalidate((key) => key.startsWith('projects.'))
    store.invalidate((key) => key.startsWith('projects.'))
    expect(calls).toHaveLength(1)
    last().answer('before the change')
    await settled()
    expect(calls).toHaveLength(2)
    last().answer('after it')
    await settled()
    expect(store.entry(query).get()).toMatchObject({ data: 'after it', loading: false })
    expect(calls).toHaveLength(2)
  })

  it('leaves what nobody follows until somebody does', async () => {
    const { query, calls, last } = aQuery()
    const leave = store.follow(query)
    last().answer('rows')
    await settled()
    leave()
    store.invalidate(() => true)
    expect(calls).toHaveLength(1)
    store.follow(query)
    expect(calls).toHaveLength(2)
    expect(store.entry(query).get().data).toBe('rows')
  })

  it('shows parts of a first answer, and not those of a later one', async () => {
    const { query, last } = aQuery()
    store.follow(query)
    last().partly('first hundred')
    expect(store.entry(query).get()).toMatchObject({ data: 'first hundred', loading: true })
    last().answer('all')
    await settled()
    store.reload(query.key)
    last().partly('first hundred')
    expect(store.entry(query).get().data).toBe('all')
  })

  it('gives a call up when nobody follows any more, and takes nothing from it', async () => {
    const { query, last } = aQuery()
    const leave = store.follow(query)
    leave()
    expect(last().signal.aborted).toBe(true)
    last().answer('too late')
    await settled()
    expect(store.entry(query).get()).toMatchObject({ data: undefined, loading: false })
  })

  it('asks when somebody comes back while an abandoned call is ending', async () => {
    const { query, calls, last } = aQuery()
    store.follow(query)()
    store.follow(query)
    last().fail(gone())
    await settled()
    expect(calls).toHaveLength(2)
    last().answer('rows')
    await settled()
    expect(store.entry(query).get()).toMatchObject({ data: 'rows', error: null })
  })

  describe('when a call fails', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      return () => vi.useRealTimers()
    })

    it('tries again by itself, less and less often, while the daemon does not answer', async () => {
      const { query, calls, last } = aQuery()
      store.follow(query)
      for (const pause of [500, 1_000, 2_000, 4_000, 8_000]) {
        last().fail(gone())
        await settled()
        const asked = calls.length
        await vi.advanceTimersByTimeAsync(pause - 1)
        expect(calls).toHaveLength(asked)
        await vi.advanceTimersByTimeAsync(1)
        expect(calls).toHaveLength(asked + 1)
      }
      last().fail(gone())
      await settled()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(calls).toHaveLength(6)
    })

    it('keeps the answer of before, and tells why there is no newer one', async () => {
      const { query, last } = aQuery()
      store.follow(query)
      last().answer('rows')
      await settled()
      store.reload(query.key)
      last().fail(wrong())
      await settled()
      expect(store.entry(query).get()).toMatchObject({
        data: 'rows',
        loading: false,
        error: { slug: 'project.not_found' },
      })
    })

    it('does not repeat what would fail again', async () => {
      const { query, calls, last } = aQuery()
      store.follow(query)
      last().fail(wrong())
      await settled()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(calls).toHaveLength(1)
    })

    it('stops trying when nobody follows', async () => {
      const { query, calls, last } = aQuery()
      const leave = store.follow(query)
      last().fail(gone())
      await settled()
      leave()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(calls).toHaveLength(1)
    })
  })

  it('shows the answer of an earlier visit as old until the daemon answers', async () => {
    const stored: StoredAnswers = { ...nothingStored, read: () => ({ data: 'last week', at: 5 }) }
    const { query, last } = aQuery({ stored: true })
    store = new QueryStore(stored, () => time)
    expect(store.entry(query).get()).toMatchObject({ data: 'last week', loadedAt: 5, isOld: true })
    store.follow(query)
    last().answer('now')
    await settled()
    expect(store.entry(query).get()).toMatchObject({ data: 'now', loadedAt: time, isOld: false })
  })
})

describe('answers in the storage of the browser (CACHE-3.2d)', () => {
  /** A storage with room for so many characters. */
  function aStorage(room = Number.POSITIVE_INFINITY): Storage {
    const kept: Record<string, string> = {}
    const methods = {
      getItem: (name: string) => kept[name] ?? null,
      setItem(name: string, text: string) {
        if (text.length > room) throw new DOMException('full', 'QuotaExceededError')
        kept[name] = text
      },
      removeItem: (name: string) => void delete kept[name],
    }
    return new Proxy(methods as Storage, {
      ownKeys: () => Object.keys(kept),
      getOwnPropertyDescriptor: (_, name) =>
        name in kept ? { enumerable: true, configurable: true, value: kept[name as string] } : undefined,
    })
  }
  const atOnce = (work: () => void): void => work()

  it('gives back what was stored', () => {
    const answers = storeAnswers(aStorage(), atOnce)
    answers.write('projects.list {}', { data: { items: [1] }, at: 7 })
    expect(answers.read('projects.list {}')).toEqual({ data: { items: [1] }, at: 7 })
    expect(answers.read('other')).toBeNull()
  })

  it('keeps no answer that is very long, and forgets the shorter one it replaces', () => {
    const answers = storeAnswers(aStorage(), atOnce)
    answers.write('a', { data: 'short', at: 1 })
    answers.write('a', { data: 'x'.repeat(700_000), at: 2 })
    expect(answers.read('a')).toBeNull()
  })

  it('lets the oldest go when all together become too long', () => {
    const answers = storeAnswers(aStorage(), atOnce)
    for (let at = 1; at <= 6; at++) answers.write(`${at}`, { data: 'x'.repeat(590_000), at: 100 - at })
    expect([1, 2, 3, 4, 5, 6].filter((at) => answers.read(`${at}`))).toEqual([1, 2, 3, 4, 6])
  })

  it('works without storage, with a full one and with garbage in it', () => {
    expect(() => storeAnswers(null, atOnce).write('a', { data: 1, at: 1 })).not.toThrow()
    const full = storeAnswers(aStorage(3), atOnce)
    full.write('a', { data: 1, at: 1 })
    expect(full.read('a')).toBeNull()
    const storage = aStorage()
    storage.setItem('smd:1:a', '{"data":')
    expect(storeAnswers(storage, atOnce).read('a')).toBeNull()
  })

  it('clears its own and nothing else', () => {
    const storage = aStorage()
    storage.setItem('smd:theme', 'dark')
    storage.setItem('other', 'x')
    const answers = storeAnswers(storage, atOnce)
    answers.write('a', { data: 1, at: 1 })
    answers.clear()
    expect(answers.read('a')).toBeNull()
    expect([storage.getItem('smd:theme'), storage.getItem('other')]).toEqual(['dark', 'x'])
  })
})
