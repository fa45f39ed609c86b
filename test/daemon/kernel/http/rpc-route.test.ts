import { describe, expect, it } from 'vitest'
import { rpcRoute } from '../../../../daemon/kernel/http/rpc-route.ts'
import type { Dispatcher } from '../../../../daemon/kernel/rpc/dispatch.ts'
import { httpLab, knownVisitor } from '../../../support/http-lab.ts'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

const program = { authorization: 'Bearer open-sesame', 'content-type': 'application/json' }
const call = (id: number | undefined, method: string, params?: object) => ({
  jsonrpc: '2.0',
  ...(id !== undefined && { id }),
  method,
  ...(params && { params }),
})

async function rpcLab(dispatcher: Dispatcher, scope: 'read' | 'write' | 'admin' = 'write') {
  const { source } = knownVisitor('token', scope)
  const lab = await httpLab({ routes: [rpcRoute(dispatcher)], sources: [source] })
  const send = (body: string, headers: Record<string, string> = program) =>
    lab.ask('/rpc', { method: 'POST', headers, body })
  return {
    ...lab,
    send,
    rpc: async (message: unknown) => JSON.parse((await send(JSON.stringify(message))).body),
  }
}

describe('POST /rpc', () => {
  const start = useTestDaemon()
  const many = () =>
    start({
      prepare({ write }) {
        for (let i = 0; i < 60; i++) write(`.claude/skills/s${i}/SKILL.md`, skill(`s${i}`))
      },
    })

  it('answers a method without a greeting', async () => {
    const { dispatcher } = await start()
    const { rpc } = await rpcLab(dispatcher)
    expect(await rpc(call(1, 'config.get', { key: 'cache.ttl_minutes' }))).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      result: { key: 'cache.ttl_minutes' },
    })
  })

  it('answers long lists row by row, and batches in one', async () => {
    const { dispatcher } = await many()
    const { send, rpc } = await rpcLab(dispatcher)
    const long = await send(JSON.stringify(call(1, 'artifacts.list', { limit: 60 })))
    expect(long.headers).toMatchObject({ 'transfer-encoding': 'chunked', 'cache-control': 'no-store' })
    expect(JSON.parse(long.body).result.items).toHaveLength(60)
    const batch = await rpc([
      call(1, 'artifacts.list', { limit: 60 }),
      call(2, 'projects.show', { project: 'nowhere' }),
      call(undefined, 'daemon.status'),
    ])
    expect(batch).toMatchObject([{ id: 1 }, { id: 2, error: { data: { slug: 'project.not_found' } } }])
    expect(batch).toHaveLength(2)
  })

  it('has no content for what wants no answer', async () => {
    const { dispatcher } = await start()
    const { send } = await rpcLab(dispatcher)
    const { status, body } = await send(JSON.stringify(call(undefined, 'daemon.status')))
    expect([status, body]).toEqual([204, ''])
  })

  it('heeds the scope of who asks (S9)', async () => {
    const daemon = await start()
    const { rpc } = await rpcLab(daemon.dispatcher, 'read')
    for (const [method, needed] of [
      ['cache.refresh', 'write'],
      ['daemon.stop', 'admin'],
      ['web.link', 'admin'],
      ['tokens.create', 'admin'],
    ] as const)
      expect(await rpc(call(1, method)), method).toMatchObject({
        error: { data: { slug: 'auth.scope', details: { needed, scope: 'read' } } },
      })
    expect(daemon.stops).toBe(0)
    const page = await rpcLab(daemon.dispatcher, 'write')
    expect(await page.rpc(call(1, 'daemon.stop'))).toMatchObject({ error: { data: { slug: 'auth.scope' } } })
    expect(await page.rpc(call(1, 'cache.refresh'))).toHaveProperty('result')
  })

  it('has the limits of a connection', async () => {
    const { dispatcher } = await start()
    const { rpc } = await rpcLab(dispatcher)
    const slugs = await Promise.all(
      [Array(101).fill(call(1, 'daemon.status')), [], 7, { id: 1 }].map(async (message) => {
        const { error } = await rpc(message)
        return error.data.slug
      }),
    )
    expect(slugs).toEqual([
      'protocol.batch_too_large',
      'rpc.invalid_request',
      'rpc.invalid_request',
      'rpc.invalid_request',
    ])
  })

  it('can tell nothing unasked, so it says at once that nothing is followed', async () => {
    const { dispatcher } = await start()
    const { rpc } = await rpcLab(dispatcher)
    expect(await rpc(call(1, 'events.subscribe', {}))).toMatchObject({ result: { followed: false } })
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
    'application/jsonx',
  ])('takes no %j, which a form of another site could send', async (type) => {
    const { dispatcher } = await start()
    const { send } = await rpcLab(dispatcher)
    const answer = await send(JSON.stringify(call(1, 'daemon.status')), { ...program, 'content-type': type })
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([422, 'http.invalid'])
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;x=y'])(
    'takes %s',
    async (type) => {
      const { dispatcher } = await start()
      const { send } = await rpcLab(dispatcher)
      const answer = await send(JSON.stringify(call(1, 'daemon.status')), {
        ...program,
        'content-type': type,
      })
      expect(answer.status).toBe(200)
    },
  )

  it('says of what is no JSON that it is none', async () => {
    const { dispatcher } = await start()
    const { send } = await rpcLab(dispatcher)
    const { status, body } = await send('{')
    expect([status, JSON.parse(body).error.data.slug]).toEqual([400, 'rpc.parse'])
  })
})
