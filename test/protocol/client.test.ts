import { describe, expect, it } from 'vitest'
import { createClient, helloParams } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import { methods } from '../../protocol/methods.ts'

function talk() {
  const sent: Array<{ id: number; method: string; params: unknown }> = []
  const heard: unknown[] = []
  const client = createClient(
    (line) => void sent.push(JSON.parse(line)),
    (notification) => heard.push(notification),
  )
  const reply = (id: number, part: object): void =>
    client.receive(JSON.stringify({ jsonrpc: '2.0', id, ...part }))
  return { client, sent, heard, reply }
}

describe('createClient', () => {
  it('sends requests with ids of their own and hands each answer to its call, in any order', async () => {
    const { client, sent, reply } = talk()
    const first = client.call('config.get', { key: 'a' })
    const second = client.call('config.get', { key: 'b' })
    expect(sent).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'config.get', params: { key: 'a' } },
      { jsonrpc: '2.0', id: 2, method: 'config.get', params: { key: 'b' } },
    ])
    reply(2, { result: 'two' })
    reply(1, { result: 'one' })
    expect([await first, await second]).toEqual(['one', 'two'])
  })

  it('rejects with the error the daemon answers', async () => {
    const { client, reply } = talk()
    const call = client.call('projects.show', { project: 'x' })
    reply(1, { error: new SmdError('project.not_found', { project: 'x' }).toWire() })
    await expect(call).rejects.toMatchObject({
      slug: 'project.not_found',
      message: 'No project matches "x".',
    })
  })

  it('hands on what comes unasked, also of a kind it does not know', () => {
    const { client, heard } = talk()
    client.receive('{"jsonrpc":"2.0","method":"daemon.closing","params":{"reason":"stopping"}}')
    client.receive('{"jsonrpc":"2.0","method":"later.version","params":{}}')
    expect(heard).toMatchObject([{ method: 'daemon.closing' }, { method: 'later.version' }])
  })

  it('says what a request says of itself, and gives it up when told to', async () => {
    const { client, sent, reply } = talk()
    const control = new AbortController()
    const call = client.call('cache.refresh', {}, { signal: control.signal, meta: { requestId: 'r1' } })
    control.abort()
    expect(sent).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'cache.refresh', params: { _meta: { requestId: 'r1' } } },
      { jsonrpc: '2.0', method: '$/cancel', params: { id: 1 } },
    ])
    reply(1, { error: new SmdError('request.cancelled').toWire() })
    await expect(call).rejects.toMatchObject({ slug: 'request.cancelled' })
  })

  it('gives up nothing that was answered already', async () => {
    const { client, sent, reply } = talk()
    const control = new AbortController()
    const call = client.call('cache.status', {}, { signal: control.signal })
    reply(1, { result: 'done' })
    await call
    control.abort()
    expect(sent).toHaveLength(1)
  })

  it('ignores answers nobody waits for', async () => {
    const { client, reply } = talk()
    const call = client.call('cache.status', {})
    reply(7, { result: 'stray' })
    reply(1, { result: 'mine' })
    reply(1, { result: 'again' })
    expect(await call).toBe('mine')
  })

  it('fails all calls on an error without an id: it cannot know whose it is', async () => {
    const { client } = talk()
    const calls = [client.call('cache.status', {}), client.call('cache.clear', {})]
    const error = new SmdError('protocol.frame_too_large', { limit: 10 }).toWire()
    client.receive(JSON.stringify({ jsonrpc: '2.0', id: null, error }))
    for (const call of calls) await expect(call).rejects.toMatchObject({ slug: 'protocol.frame_too_large' })
  })

  it.each(['garbage', '5', 'null', '"text"', '{"cut":'])(
    'fails all calls when it receives %s',
    async (line) => {
      const { client } = talk()
      const call = client.call('cache.status', {})
      client.receive(line)
      await expect(call).rejects.toMatchObject({ slug: 'daemon.unavailable' })
    },
  )

  it('fails open calls when the connection ends, and later ones at once', async () => {
    const { client, sent } = talk()
    const open = client.call('cache.status', {})
    client.fail(new SmdError('daemon.unavailable', { reason: 'it ended the connection' }))
    await expect(open).rejects.toMatchObject({ slug: 'daemon.unavailable' })
    await expect(client.call('cache.status', {})).rejects.toMatchObject({ slug: 'daemon.unavailable' })
    expect(sent).toHaveLength(1)
  })
})

describe('helloParams', () => {
  it('is what daemon.hello takes', () => {
    const schema = methods['daemon.hello'].params.strict()
    expect(schema.parse(helloParams('test/1', '/home'))).toMatchObject({ client: 'test/1', cwd: '/home' })
    expect(schema.parse(helloParams('test/1'))).not.toHaveProperty('cwd')
  })
})
