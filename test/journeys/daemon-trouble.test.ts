/** Bad input to a running daemon: files that cannot be used, and clients that misbehave. */
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAX_FRAME_BYTES } from '../../protocol/version.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { damageTable } from '../support/damage.ts'
import { RawClient, request } from '../support/raw-client.ts'

let box: Sandbox
const clients: RawClient[] = []
beforeEach(() => {
  box = createSandbox()
})
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy()
  await box.dispose()
})

type Status = {
  health: { state: string; warnings: Array<{ code: string; text: string }> }
  cache: { storage: string }
}
const status = async (): Promise<Status> => (await box.json('status')) as never
const connect = (): RawClient => {
  const client = new RawClient(box.paths.socket)
  clients.push(client)
  return client
}
const expectServed = async (): Promise<void> => {
  const pid = box.daemonPid()
  expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
  expect(box.daemonPid()).toBe(pid)
}

describe('files that cannot be used', () => {
  it('a broken config.toml: the daemon serves and names file, line and key', async () => {
    mkdirSync(dirname(box.paths.configFile), { recursive: true, mode: 0o700 })
    writeFileSync(box.paths.configFile, '# mine\n[cache]\nttl_minutes = "soon"\n')
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
    const { health } = await status()
    expect(health.state).toBe('failing')
    expect(health.warnings[0]?.text).toContain(`${box.paths.configFile}:3: cache.ttl_minutes is`)
  })

  it('a corrupted cache.db: set aside, rebuilt, said once (D3)', async () => {
    await box.smd('start')
    await box.smd('stop')
    writeFileSync(box.paths.cacheDb, 'garbage '.repeat(1_000))
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
    expect((await status()).health.warnings.map((warning) => warning.code)).toEqual(['cache.rebuilt'])
    expect(readdirSync(box.paths.dataDir).filter((name) => name.includes('.corrupt-'))).toHaveLength(1)
    await box.smd('stop')
    await box.smd('start')
    expect((await status()).health.warnings).toEqual([])
  })

  it('a cache.db that is damaged in the middle: every read is answered, the file is rebuilt (CACHE-2.1g)', async () => {
    await box.smd('start')
    await box.smd('stop')
    damageTable(box.paths.cacheDb, 'artifacts')
    const lists = await Promise.all(Array.from({ length: 4 }, () => box.json('list --limit 1')))
    expect(lists.map((list) => list.total)).toEqual([32, 32, 32, 32])
    expect((await status()).health.warnings.map((warning) => warning.code)).toEqual(['cache.rebuilt'])
  })

  it('a data folder that is read-only: served from memory, and said', async () => {
    const confined = createSandbox({ plainUser: true })
    try {
      const { dataDir } = confined.paths
      mkdirSync(dataDir, { recursive: true })
      const { uid, gid } = statSync(confined.home)
      chownSync(dirname(dataDir), uid, gid)
      chmodSync(dataDir, 0o555)
      expect(await confined.json('list --limit 1')).toMatchObject({ total: 32 })
      const { cache, health } = (await confined.json('status')) as unknown as Status
      expect(cache.storage).toBe('memory')
      expect(health.state).toBe('degraded')
      expect(health.warnings[0]).toMatchObject({
        code: 'cache.memory',
        text: expect.stringContaining('EACCES'),
      })
      expect(readdirSync(dataDir)).toEqual([])
    } finally {
      await confined.dispose()
    }
  })
})

describe('clients that misbehave (P4)', () => {
  beforeEach(() => box.smd('start'))

  it('garbage is answered, and the connection goes on', async () => {
    const client = connect()
    client.greet()
    client.socket.write(Buffer.from('\x00\xff{}[]"\n\n{"jsonrpc":"2.0"}\nnull\n', 'latin1'))
    client.send(request(1, '__proto__'), request(2, 'daemon.status', { unknown: 1 }))
    const replies = await client.until(6)
    expect(replies.slice(1, 5).map((reply) => reply.error?.code)).toEqual([
      -32_700, -32_600, -32_600, -32_601,
    ])
    expect(replies[5]).toMatchObject({ id: 2, result: { pid: box.daemonPid() } })
    await expectServed()
  })

  it('half a frame and gone', async () => {
    for (let i = 0; i < 20; i++) {
      const client = connect()
      if (i % 2 === 0) client.greet()
      client.socket.write('{"jsonrpc":"2.0","id":1,"method":"artif')
      await new Promise((resolve) => client.socket.write('', resolve))
      client.socket.destroy()
    }
    await expectServed()
  })

  it('20 MB in one line', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.socket.write(Buffer.alloc(20_000_000, '['))
    expect((await client.until(2))[1]).toMatchObject({
      error: {
        data: { slug: 'protocol.frame_too_large' },
        message: expect.stringContaining(`${MAX_FRAME_BYTES}`),
      },
    })
    await client.ended
    await expectServed()
  })

  it('16 MB of brackets in one frame, which is no reason to fall over', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.socket.write(`${'['.repeat(MAX_FRAME_BYTES - 1)}\n`)
    expect((await client.until(2))[1]).toMatchObject({ error: { code: -32_700 } })
    const deep = 4_000_000
    client.socket.write(`${'['.repeat(deep)}${']'.repeat(deep)}\n`)
    expect((await client.until(3))[2]).toMatchObject([{ error: { code: -32_600 } }])
    await expectServed()
  })

  it('a client that asks for everything and reads nothing', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.socket.pause()
    for (let i = 0; i < 300; i++) client.send(request(i, 'artifacts.list', { limit: 10_000 }))
    await expectServed()
    client.socket.resume()
    expect(await client.until(301)).toHaveLength(301)
  })
})
