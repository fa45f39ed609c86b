/** Who may call what (S9): every method of the table with every scope, by POST and over the WebSocket. */
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { helloParams } from '../../../../protocol/client.ts'
import { type MethodName, methods } from '../../../../protocol/methods.ts'
import { MAX_BATCH } from '../../../../protocol/version.ts'
import { type AccessScope, accessScopes } from '../../../../protocol/vocabulary.ts'
import { type RestLab, useRestLab } from '../../../support/rest-lab.ts'

const start = useRestLab()
const startEmpty = (): Promise<RestLab> => start({ prepare: () => undefined })

const names = Object.keys(methods) as MethodName[]
const may = (scope: AccessScope, name: MethodName): boolean =>
  accessScopes.indexOf(scope) >= accessScopes.indexOf(methods[name].scope)

/** No method takes a list: who may call it is told so, and nothing is carried out. */
const callOf = (id: number, method: string): object => ({ jsonrpc: '2.0', id, method, params: [1] })

/** A call of every method, as many at a time as may be. */
function batches(): object[][] {
  const calls = names.map((name, id) => callOf(id, name))
  const count = Math.ceil(calls.length / MAX_BATCH)
  return Array.from({ length: count }, (_, i) => calls.slice(i * MAX_BATCH, (i + 1) * MAX_BATCH))
}

type Reply = { id: number; error: { code: number; data: { slug: string } } }
const slugs = (replies: Reply[]): string[] =>
  replies.toSorted((a, b) => a.id - b.id).map(({ error }) => error.data.slug)
const expected = (scope: AccessScope): string[] =>
  names.map((name) => (may(scope, name) ? 'rpc.invalid_params' : 'auth.scope'))

/** The cookie of a browser that was signed in. */
async function signIn({ daemon, port, ask }: RestLab): Promise<string> {
  const { url } = await daemon.call('web.link', {})
  const { hash } = new URL(url)
  const answer = await ask('/api/session', null, {
    method: 'POST',
    headers: { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code: hash.replace('#code=', '') }),
  })
  expect(answer.status).toBe(204)
  return String(answer.headers['set-cookie']?.[0]?.split(';')[0])
}

describe('the scopes', () => {
  it('are spread over the methods, so that the tests below say something', () => {
    for (const scope of accessScopes)
      expect(names.filter((name) => methods[name].scope === scope).length, scope).toBeGreaterThan(3)
    for (const name of ['daemon.stop', 'tokens.create', 'backup.restore', 'cache.clear'] as const)
      expect(methods[name].scope, name).toBe('admin')
  })

  it.each(accessScopes)('hold for a token with %s that posts', async (scope) => {
    const lab = await startEmpty()
    const replies: Reply[] = []
    for (const batch of batches()) {
      const { status, body } = await lab.post('/rpc', batch, scope)
      expect(status).toBe(200)
      replies.push(...body)
    }
    expect(slugs(replies)).toEqual(expected(scope))
  })

  it.each(accessScopes)('hold for a token with %s on a WebSocket', async (scope) => {
    const lab = await startEmpty()
    const headers = { authorization: `Bearer ${lab.tokens[scope]}` }
    const replies = await overWebSocket(lab, headers)
    expect(slugs(replies)).toEqual(expected(scope))
  })

  it('are those of a writer for a browser', async () => {
    const lab = await startEmpty()
    const headers = {
      cookie: await signIn(lab),
      origin: `http://127.0.0.1:${lab.port}`,
      'content-type': 'application/json',
    }
    const replies: Reply[] = []
    for (const batch of batches()) {
      const answer = await lab.ask('/rpc', null, { method: 'POST', headers, body: JSON.stringify(batch) })
      replies.push(...JSON.parse(answer.body))
    }
    expect(slugs(replies)).toEqual(expected('write'))
    expect(slugs(await overWebSocket(lab, headers))).toEqual(expected('write'))
  })

  it('are those of the caller, whatever it calls itself', async () => {
    const lab = await startEmpty()
    const call = { jsonrpc: '2.0', id: 1, method: 'tokens.create', params: { name: 'mine', scope: 'admin' } }
    const forms = [
      call,
      { ...call, params: { ...call.params, _meta: { idempotencyKey: 'k' } } },
      { ...call, params: { ...call.params, scope: 'admin', caller: { scope: 'admin' } } },
    ]
    for (const form of forms) {
      const { body } = await lab.post('/rpc', form, 'write')
      expect(body.error.data.slug).toBe('auth.scope')
    }
    expect((await lab.daemon.call('tokens.list', {})).items.map(({ name }) => name)).not.toContain('mine')
  })

  it('say what is needed, and how to get it', async () => {
    const lab = await startEmpty()
    const { body } = await lab.post('/rpc', { jsonrpc: '2.0', id: 1, method: 'daemon.stop' }, 'read')
    expect(body.error).toMatchObject({
      code: 991,
      message: 'daemon.stop needs the scope admin, and the caller has read.',
      data: { hint: expect.stringContaining('smd token create NAME --scope admin') },
    })
    expect(lab.daemon.stops).toBe(0)
  })
})

async function overWebSocket({ port }: RestLab, headers: Record<string, string>): Promise<Reply[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  const replies: Reply[] = []
  let rest = ''
  const all = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const lines = (rest + String(data)).split('\n')
      rest = lines.pop() ?? ''
      replies.push(...lines.map((line) => JSON.parse(line)))
      if (replies.length > names.length) resolve()
    })
  })
  const hello = { jsonrpc: '2.0', id: -1, method: 'daemon.hello', params: helloParams('test/1') }
  for (const message of [hello, ...names.map((name, id) => callOf(id, name))])
    socket.send(`${JSON.stringify(message)}\n`)
  await all
  return replies.filter(({ id }) => id >= 0)
}
