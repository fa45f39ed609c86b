import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { currentRequest } from '../../../../daemon/kernel/log/request-scope.ts'
import { createDispatcher, type Handlers } from '../../../../daemon/kernel/rpc/dispatch.ts'
import { encodeReply } from '../../../../daemon/kernel/rpc/encode.ts'
import { RawJson } from '../../../../daemon/kernel/rpc/raw-json.ts'
import { localCaller, type RequestContext } from '../../../../daemon/kernel/rpc/request.ts'
import { validateParams } from '../../../../daemon/kernel/rpc/validate.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import { recordLog } from '../../../support/record-log.ts'

/** A few methods that behave in the ways handlers can; what they are called for does not matter here. */
function setUp(more: Record<string, (ctx: object, params: never, request: RequestContext) => unknown> = {}) {
  const { log, lines } = recordLog()
  const requests: Array<[method: string, failed: boolean]> = []
  const handlers = {
    'config.get': (_: object, { key }: { key: string }) => ({ key }),
    'projects.show': (_: object, { project }: { project: string }) => {
      throw new SmdError('project.not_found', { project })
    },
    'cache.status': () => {
      throw new Error('secret of /home/someone')
    },
    'artifacts.list': (_: object, { limit }: { limit: number }) => new RawJson([`{"limit":${limit}}`]),
    ...more,
  }
  const dispatcher = createDispatcher({}, handlers as unknown as Handlers<object>, {
    validate: validateParams,
    log,
    logFile: '/state/smd.log',
    onRequest(method, ms, failed) {
      expect(ms).toBeGreaterThanOrEqual(0)
      requests.push([method, failed])
    },
  })
  const caller = localCaller('test')
  const answer = async (message: unknown): Promise<unknown> => {
    const reply = await dispatcher.answer(message, caller)
    if (reply === null) return null
    const encoded = encodeReply(reply)
    return JSON.parse(typeof encoded === 'string' ? encoded : [...encoded].join(''))
  }
  return { dispatcher, answer, caller, lines, requests }
}

const get = (id?: unknown, key = 'x') => ({ jsonrpc: '2.0', id, method: 'config.get', params: { key } })
const errorOf = (code: number) => ({ jsonrpc: '2.0', error: expect.objectContaining({ code }) })

describe('createDispatcher, JSON-RPC 2.0', () => {
  it.each([1, 0, -3, 1.5, 'a', ''])('repeats the id %j', async (id) => {
    expect(await setUp().answer(get(id))).toEqual({ jsonrpc: '2.0', id, result: { key: 'x' } })
  })

  it('answers a request with id null, which is no notification', async () => {
    expect(await setUp().answer(get(null))).toEqual({ jsonrpc: '2.0', id: null, result: { key: 'x' } })
  })

  it('answers no notification, whether it works, fails or names no method', async () => {
    const { answer } = setUp()
    expect(await answer(get())).toBeNull()
    expect(await answer({ jsonrpc: '2.0', method: 'projects.show', params: { project: 'x' } })).toBeNull()
    expect(await answer({ jsonrpc: '2.0', method: 'cache.status' })).toBeNull()
    expect(await answer({ jsonrpc: '2.0', method: 'no.such' })).toBeNull()
  })

  it.each([
    ['null', null],
    ['a number', 5],
    ['a text', 'hello'],
    ['an empty object', {}],
    ['another version', { ...get(1), jsonrpc: '1.0' }],
    ['no version', { id: 1, method: 'config.get' }],
    ['a method that is a number', { jsonrpc: '2.0', id: 1, method: 1 }],
    ['a method that is null', { jsonrpc: '2.0', id: 1, method: null }],
    ['params that are a text', { ...get(1), params: 'key' }],
    ['an id that is an object', { ...get(1), id: {} }],
    ['an id that is true', { ...get(1), id: true }],
  ])('calls %s an invalid request', async (_, message) => {
    const id = (message as { id?: unknown } | null)?.id
    const readable = typeof id === 'number' ? id : null
    expect(await setUp().answer(message)).toEqual({ ...errorOf(-32_600), id: readable })
  })

  it.each(['no.such', '', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'rpc.'])(
    'has no method %j',
    async (method) => {
      const reply = await setUp().answer({ jsonrpc: '2.0', id: 1, method })
      expect(reply).toEqual({ ...errorOf(-32_601), id: 1 })
    },
  )

  it('does not repeat a long method name in full', async () => {
    const reply = await setUp().answer({ jsonrpc: '2.0', id: 1, method: 'x'.repeat(1_000_000) })
    expect(JSON.stringify(reply).length).toBeLessThan(1_000)
  })

  it.each([[undefined], [null], [[]], [['x']], [{}], [{ key: 5 }]])(
    'calls params %j of config.get invalid, and says which field',
    async (params) => {
      const reply = await setUp().answer({ ...get(1), params })
      expect(reply).toEqual({ ...errorOf(-32_602), id: 1 })
    },
  )

  it('names the field that is wrong, in one line', async () => {
    const reply = (await setUp().answer({ ...get(1), params: { key: 5 } })) as { error: { message: string } }
    expect(reply.error.message).toMatch(/key/)
    expect(reply.error.message).not.toContain('\n')
  })

  it('ignores fields it does not know, in the message and in the params', async () => {
    const message = { ...get(1), params: { key: 'x', since: 2 }, trace: {}, __proto__: { a: 1 } }
    expect(await setUp().answer(message)).toEqual({ jsonrpc: '2.0', id: 1, result: { key: 'x' } })
  })

  it('fills in defaults', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'artifacts.list' }
    expect(await setUp().answer(message)).toMatchObject({ result: { limit: 100 } })
  })

  it('answers any JSON value at all, and never fails (P4)', async () => {
    const { answer } = setUp()
    const jsonish = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          jsonrpc: fc.constantFrom('2.0', '1.0', 2, null),
          id: fc.jsonValue(),
          method: fc.oneof(fc.constantFrom('config.get', 'cache.status', '__proto__'), fc.jsonValue()),
          params: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    )
    const isReply = (reply: unknown): boolean => {
      const { jsonrpc, id, result, error } = reply as Record<string, unknown>
      return jsonrpc === '2.0' && id !== undefined && (result === undefined) !== (error === undefined)
    }
    await fc.assert(
      fc.asyncProperty(fc.oneof(jsonish, fc.array(jsonish, { maxLength: 5 })), async (message) => {
        const reply = await answer(message)
        const replies = reply === null ? [] : Array.isArray(reply) ? reply : [reply]
        expect(replies.every(isReply)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('createDispatcher, batches', () => {
  it('answers each request of a batch and leaves notifications out', async () => {
    const reply = await setUp().answer([
      get(1),
      get(),
      get(2),
      7,
      { jsonrpc: '2.0', id: 3, method: 'no.such' },
    ])
    expect(reply).toEqual([
      { jsonrpc: '2.0', id: 1, result: { key: 'x' } },
      { jsonrpc: '2.0', id: 2, result: { key: 'x' } },
      { ...errorOf(-32_600), id: null },
      { ...errorOf(-32_601), id: 3 },
    ])
  })

  it('answers a batch of one with an array of one', async () => {
    expect(await setUp().answer([get(1)])).toEqual([{ jsonrpc: '2.0', id: 1, result: { key: 'x' } }])
  })

  it('answers nothing to a batch of notifications', async () => {
    expect(await setUp().answer([get(), get()])).toBeNull()
  })

  it('calls an empty batch an invalid request, in one answer', async () => {
    expect(await setUp().answer([])).toEqual({ ...errorOf(-32_600), id: null })
  })

  it('calls each member that is no request invalid', async () => {
    expect(await setUp().answer([1, null, []])).toEqual(Array(3).fill({ ...errorOf(-32_600), id: null }))
  })

  it('takes 100 requests and refuses 101 as a whole', async () => {
    const { answer } = setUp()
    expect(await answer(Array(100).fill(get(1)))).toHaveLength(100)
    expect(await answer(Array(101).fill(get(1)))).toEqual({ ...errorOf(913), id: null })
  })

  it('keeps results that are JSON text already, whole or in parts', async () => {
    const { answer } = setUp({ 'cache.clear': () => new RawJson(['{"in":', '"parts"', '}']) })
    const clear = { jsonrpc: '2.0', id: 2, method: 'cache.clear' }
    expect(await answer([{ jsonrpc: '2.0', id: 1, method: 'artifacts.list' }, clear, get(3)])).toEqual([
      { jsonrpc: '2.0', id: 1, result: { limit: 100 } },
      { jsonrpc: '2.0', id: 2, result: { in: 'parts' } },
      { jsonrpc: '2.0', id: 3, result: { key: 'x' } },
    ])
  })
})

describe('createDispatcher, failures', () => {
  it('reports an expected failure by its number, with slug, hint and details', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'projects.show', params: { project: 'web' } }
    expect(await setUp().answer(message)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: {
        code: 1100,
        message: 'No project matches "web".',
        data: {
          slug: 'project.not_found',
          hint: 'List the projects with: smd projects list',
          details: { project: 'web' },
        },
      },
    })
  })

  it('reports a bug by a reference that stands in the log, and says nothing of it (S8)', async () => {
    const { answer, lines } = setUp()
    const reply = (await answer({ jsonrpc: '2.0', id: 1, method: 'cache.status' })) as {
      error: { code: number; data: { slug: string; details: { reference: string } } }
    }
    expect(reply.error).toMatchObject({ code: -32_603, data: { slug: 'internal' } })
    expect(JSON.stringify(reply)).not.toContain('secret')
    const logged = lines.find((line) => line.level === 'error')
    expect(logged).toMatchObject({ method: 'cache.status', reference: reply.error.data.details.reference })
    expect(logged?.error).toContain('secret of /home/someone')
  })

  it('does the same for whatever is thrown, and for promises', async () => {
    const { answer, lines } = setUp({
      'cache.clear': () => Promise.reject('just a text'),
      'daemon.stop': () => {
        throw undefined
      },
    })
    for (const method of ['cache.clear', 'daemon.stop']) {
      expect(await answer({ jsonrpc: '2.0', id: 1, method })).toEqual({ ...errorOf(-32_603), id: 1 })
    }
    expect(lines.filter((line) => line.level === 'error').map((line) => line.error)).toEqual([
      'just a text',
      'undefined',
    ])
  })

  it('breaks off a reply whose parts fail, and logs why', async () => {
    const { dispatcher, lines } = setUp({
      'cache.clear': () =>
        new RawJson(
          (function* () {
            yield '{"first":1'
            throw new Error('disk gone')
          })(),
        ),
    })
    const reply = await dispatcher.answer(
      { jsonrpc: '2.0', id: 1, method: 'cache.clear' },
      localCaller('test'),
    )
    const parts = encodeReply(reply as NonNullable<typeof reply>) as Iterable<string>
    expect(() => [...parts]).toThrow(SmdError)
    expect(lines.find((line) => line.level === 'error')?.error).toContain('disk gone')
  })

  it('leaves a debug line for each request, with its duration (CACHE-1.4h, CACHE-2.1f)', async () => {
    const { answer, lines } = setUp()
    await answer(get(1))
    expect(lines).toEqual([
      { level: 'debug', message: 'request', method: 'config.get', caller: 'test', ms: expect.any(Number) },
    ])
  })
})

describe('requests that are given up (P4)', () => {
  /** A handler that waits for its signal, and tells when it has begun and what it heard. */
  function waiting() {
    const heard: unknown[] = []
    let begun = (): void => undefined
    const started = new Promise<void>((resolve) => {
      begun = resolve
    })
    const handler = (_ctx: object, _params: never, { signal }: RequestContext) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          heard.push(signal.reason)
          resolve('late')
        })
        begun()
      })
    return { heard, started, handler }
  }
  const clear = (id: unknown, params: object = {}) => ({ jsonrpc: '2.0', id, method: 'cache.clear', params })
  const cancel = (params: unknown) => ({ jsonrpc: '2.0', method: '$/cancel', params })

  it('answers a cancelled request at once with request.cancelled, and tells its handler', async () => {
    const { heard, started, handler } = waiting()
    const { answer, caller } = setUp({ 'cache.clear': handler })
    const reply = answer(clear('a'))
    await started
    expect(await answer(cancel({ id: 'a' }))).toBeNull()
    expect(await reply).toMatchObject({ id: 'a', error: { code: 914, data: { slug: 'request.cancelled' } } })
    expect(heard).toMatchObject([{ slug: 'request.cancelled' }])
    expect(caller.open.size).toBe(0)
  })

  it('cancels one request of a batch, by the next message', async () => {
    const { started, handler } = waiting()
    const { answer } = setUp({ 'cache.clear': handler })
    const reply = answer([get(1), clear(2)])
    await started
    await answer(cancel({ id: 2 }))
    expect(await reply).toMatchObject([
      { id: 1, result: { key: 'x' } },
      { id: 2, error: { code: 914 } },
    ])
  })

  it.each([[undefined], [null], [{}], [{ id: 7 }], [{ id: {} }], [[1]]])(
    'takes no notice of a cancellation with %j',
    async (params) => {
      const { answer } = setUp()
      expect(await answer(cancel(params))).toBeNull()
      expect(await answer(get(1))).toMatchObject({ result: { key: 'x' } })
    },
  )

  it('answers request.deadline when the time the caller allowed is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { heard, started, handler } = waiting()
      const { answer } = setUp({ 'cache.clear': handler })
      const reply = answer(clear(1, { _meta: { deadlineMs: 50 } }))
      await started
      vi.advanceTimersByTime(49)
      expect(heard).toEqual([])
      vi.advanceTimersByTime(1)
      expect(await reply).toMatchObject({
        error: { message: expect.stringContaining('50 ms'), data: { slug: 'request.deadline' } },
      })
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('keeps no timer for a request that was answered in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { answer } = setUp()
      await answer({ ...get(1), params: { key: 'x', _meta: { deadlineMs: 1_000 } } })
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('names a request as its caller does, in the log and in an internal error', async () => {
    const { answer, lines } = setUp()
    const params = { _meta: { requestId: 'cli-7f3a', later: true } }
    const reply = await answer({ jsonrpc: '2.0', id: 1, method: 'cache.status', params })
    expect(reply).toMatchObject({ error: { data: { details: { reference: 'cli-7f3a' } } } })
    expect(lines.map(({ level, requestId, reference }) => [level, requestId ?? reference])).toEqual([
      ['debug', 'cli-7f3a'],
      ['error', 'cli-7f3a'],
    ])
  })

  it.each([
    [5],
    ['x'],
    [{ deadlineMs: 0 }],
    [{ deadlineMs: 'soon' }],
    [{ requestId: 'a b' }],
    [{ requestId: '' }],
  ])('calls _meta %j invalid', async (_meta) => {
    const reply = await setUp().answer({ ...get(1), params: { key: 'x', _meta } })
    expect(reply).toMatchObject({ error: { code: -32_602, message: expect.stringContaining('_meta') } })
  })
})

describe('call', () => {
  it('gives the result, also of JSON text, and throws SmdError', async () => {
    const { dispatcher } = setUp()
    expect(await dispatcher.call('artifacts.list', { limit: 3 })).toEqual({ limit: 3 })
    await expect(dispatcher.call('projects.show', { project: 'x' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
    await expect(dispatcher.call('projects.show', {})).rejects.toMatchObject({ slug: 'rpc.invalid_params' })
    await expect(dispatcher.call('cache.status', {})).rejects.toMatchObject({ slug: 'internal' })
  })
})

describe('what a dispatcher tells of its requests', () => {
  it('is each method that exists, once, and whether it failed', async () => {
    const { answer, requests } = setUp()
    await answer(get(1))
    await answer({ jsonrpc: '2.0', id: 2, method: 'projects.show', params: { project: 'x' } })
    await answer({ jsonrpc: '2.0', id: 3, method: 'config.get', params: {} })
    await answer({ jsonrpc: '2.0', id: 4, method: 'no.such' })
    expect(requests).toEqual([
      ['config.get', false],
      ['projects.show', true],
      ['config.get', true],
    ])
  })

  it('names the request to whatever the handler logs, now and later', async () => {
    const seen: Array<string | undefined> = []
    const note = async (): Promise<object> => {
      seen.push(currentRequest())
      await nextTurn()
      seen.push(currentRequest())
      return {}
    }
    const { answer } = setUp({ 'config.list': note })
    const list = (id: number, meta?: object) => ({
      jsonrpc: '2.0',
      id,
      method: 'config.list',
      params: meta ? { _meta: meta } : {},
    })
    await Promise.all([
      answer(list(1, { requestId: 'one' })),
      answer(list(2, { requestId: 'two' })),
      answer(list(3)),
    ])
    expect(seen).toEqual(['one', 'two', undefined, 'one', 'two', undefined])
  })
})

describe('scopes (S9)', () => {
  const ask = (method: string) => ({ jsonrpc: '2.0', id: 1, method, params: { key: 'x', value: 'y' } })
  const called: string[] = []
  const note = (name: string) => (): object => {
    called.push(name)
    return {}
  }
  const parts = setUp({ 'config.set': note('config.set'), 'backup.restore': note('backup.restore') })

  it.each([
    ['read', 'config.get', null],
    ['read', 'config.set', 'write'],
    ['read', 'backup.restore', 'admin'],
    ['write', 'config.set', null],
    ['write', 'backup.restore', 'admin'],
    ['admin', 'config.set', null],
  ] as const)('a caller with %s asks for %s', async (scope, method, missing) => {
    called.length = 0
    const caller = { ...localCaller('page'), scope }
    const reply = await parts.dispatcher.answer(ask(method), caller)
    const data = { slug: 'auth.scope', details: { method, needed: missing, scope } }
    if (missing === null) expect(reply).toHaveProperty('result')
    else expect(reply).toMatchObject({ error: { code: 991, data } })
    expect(called).toEqual(missing === null && method !== 'config.get' ? [method] : [])
    const same = parts.dispatcher.callAs(caller, method, { key: 'x', value: 'y' })
    if (missing === null) await same
    else await expect(same).rejects.toMatchObject({ slug: 'auth.scope' })
  })

  it('are looked at before the parameters are', async () => {
    const reply = await parts.dispatcher.answer(
      { jsonrpc: '2.0', id: 1, method: 'config.set', params: { nothing: 'fits' } },
      { ...localCaller('page'), scope: 'read' },
    )
    expect(reply).toMatchObject({ error: { data: { slug: 'auth.scope' } } })
  })
})
