import { describe, expect, it } from 'vitest'
import { withFirstAnswers } from '../../../../daemon/domains/web/first-answers.ts'
import type { AskedPage } from '../../../../daemon/kernel/http/http-server.ts'
import type { Dispatcher } from '../../../../daemon/kernel/rpc/dispatch.ts'
import type { Caller } from '../../../../daemon/kernel/rpc/request.ts'
import { firstCalls } from '../../../../protocol/page-addresses.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'
import { httpLab, knownVisitor, type LabOptions } from '../../../support/http-lab.ts'

const PAGE = '<!doctype html><html><head></head><body><p>smd</p></body></html>'
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' }
const own = { ...navigation, 'sec-fetch-site': 'none' }
const session = { cookie: 'who=open-sesame' }

type Asked = { messages: Array<{ id: number; method: string; params: object }>; caller: Caller }

/** A page whose answers are `answer`, given to a visitor that is known by a cookie. */
async function lab({
  answer = async () => [] as unknown[],
  setCookie = null as string | null,
  ...options
} = {}) {
  const asked: Asked[] = []
  const dispatcher = {
    answer: async (messages: Asked['messages'], caller: Caller) => {
      asked.push({ messages, caller })
      return answer()
    },
  } as unknown as Dispatcher
  const known = knownVisitor('session', 'write')
  known.visitor.setCookie = setCookie
  const timers = fakeTimers()
  const page = (given: AskedPage) =>
    withFirstAnswers(
      dispatcher,
      given,
      { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(PAGE) },
      timers.timers,
    )
  const served = await httpLab({ page, sources: [known.source], ...(options as LabOptions) })
  return { ...served, asked, timers }
}

const blockIn = (html: string): string | undefined =>
  /<script type="application\/json" id="first">(.*?)<\/script>/.exec(html)?.[1]

describe('the first answers', () => {
  it('come along with the page for who is signed in, by the calls of its address, and are kept by nobody', async () => {
    const replies = [{ jsonrpc: '2.0', id: 0, result: { name: '</script><b>', 'a<!--': 1 } }]
    const { ask, asked } = await lab({ answer: async () => replies })
    const { headers, body } = await ask('/artifacts?q=x&sort=size&desc=1', {
      headers: { ...own, ...session },
    })
    expect(headers['cache-control']).toBe('no-store')
    expect(headers.etag).toBeUndefined()
    expect(blockIn(body)).not.toContain('<')
    expect(JSON.parse(blockIn(body) ?? '')).toEqual(replies)
    expect(body.replace(/<script.*<\/script>/, '')).toBe(PAGE)
    const calls = firstCalls('/artifacts', new URLSearchParams('q=x&sort=size&desc=1'))
    expect(calls[0]).toEqual({
      method: 'artifacts.table',
      params: { query: 'x', sort: 'size', descending: true, offset: 0, limit: 200 },
    })
    expect(asked[0]?.messages).toEqual(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })))
    // As the page itself would ask, not as the daemon.
    expect(asked[0]?.caller).toMatchObject({ name: 'http session test', scope: 'write' })
  })

  it.each([
    ['nobody', own],
    ['a wrong session', { ...own, cookie: 'who=somebody' }],
    ['a navigation that another site began', { ...navigation, 'sec-fetch-site': 'cross-site', ...session }],
    ['one of another port', { ...navigation, 'sec-fetch-site': 'same-site', ...session }],
    ['a browser that does not say who began it', { ...navigation, ...session }],
    ['a program', { ...session }],
    ['a script of the page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', ...session }],
  ])('are not even looked up for %s', async (_, headers) => {
    const { ask, asked } = await lab()
    const { status, body } = await ask('/projects', { headers })
    expect([status, body]).toEqual([200, PAGE])
    expect(asked).toEqual([])
  })

  it('do not stand in the answer to HEAD', async () => {
    const { ask, asked } = await lab()
    expect((await ask('/', { method: 'HEAD', headers: { ...own, ...session } })).status).toBe(200)
    expect(asked).toEqual([])
  })

  it('are left out when they take too long: the page asks for them itself', async () => {
    const { ask, asked, timers } = await lab({
      answer: () => {
        setImmediate(() => timers.advance(1_000))
        return new Promise(() => undefined)
      },
    })
    expect((await ask('/', { headers: { ...own, ...session } })).body).toBe(PAGE)
    expect(asked[0]?.caller.gone.aborted).toBe(true)
  })

  it('bring a cookie along that lasts longer', async () => {
    const { ask } = await lab({ setCookie: 'who=open-sesame; Max-Age=9' })
    const { headers } = await ask('/', { headers: { ...own, ...session } })
    expect(headers['set-cookie']).toEqual(['who=open-sesame; Max-Age=9'])
  })
})
