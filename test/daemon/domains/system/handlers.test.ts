import { describe, expect, it } from 'vitest'
import { localCaller } from '../../../../daemon/kernel/rpc/request.ts'
import { methods } from '../../../../protocol/methods.ts'
import {
  CAPABILITIES,
  MAX_BATCH,
  MAX_FRAME_BYTES,
  PROTOCOL_VERSION,
  VERSION,
} from '../../../../protocol/version.ts'
import { useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const hello = (min: number, max: number, more: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'daemon.hello',
  params: { client: 'test/1', protocol: { min, max }, ...more },
})

describe('daemon.hello', () => {
  it('agrees on the newest protocol both speak, and says who answers', async () => {
    const { dispatcher, ctx } = await start()
    const caller = { ...localCaller('socket#1'), greeted: false }
    expect(
      await dispatcher.answer(hello(1, 99, { capabilities: ['new'], future: true }), caller),
    ).toMatchObject({
      result: {
        protocol: PROTOCOL_VERSION,
        capabilities: [...CAPABILITIES],
        instance: ctx.identity.instance,
        version: VERSION,
        limits: { frameBytes: MAX_FRAME_BYTES, batch: MAX_BATCH },
      },
    })
    expect(caller).toMatchObject({ name: 'socket#1 test/1', greeted: true })
    for (let i = 0; i < 5; i++) await dispatcher.answer(hello(1, 1), caller)
    expect(caller.name).toBe('socket#1 test/1')
  })

  it.each([
    [PROTOCOL_VERSION + 1, PROTOCOL_VERSION + 5],
    [99, 99],
  ])('refuses a client that speaks %i to %i only, and names both sides', async (min, max) => {
    const { dispatcher } = await start()
    const caller = { ...localCaller('socket#1'), greeted: false }
    expect(await dispatcher.answer(hello(min, max), caller)).toMatchObject({
      error: {
        code: 911,
        message: expect.stringContaining(`${min} to ${max}`),
        data: { slug: 'protocol.version' },
      },
    })
    expect(caller.greeted).toBe(false)
  })
})

describe('daemon.status', () => {
  it('says who the daemon is and how it is', async () => {
    const daemon = await start()
    daemon.clock.now += 5_000
    expect(await daemon.call('daemon.status', {})).toMatchObject({
      pid: process.pid,
      version: VERSION,
      protocol: PROTOCOL_VERSION,
      uptimeMs: 5_000,
      socket: daemon.around.paths.socket,
      projects: 0,
      artifacts: 0,
      health: { state: 'ok', warnings: [] },
    })
    daemon.ctx.health.warn({ code: 'x', severity: 'warning', text: 'Hm.', fix: 'Do.' })
    expect((await daemon.call('daemon.status', {})).health).toMatchObject({
      state: 'degraded',
      warnings: [{ code: 'x' }],
    })
    daemon.clock.now = 0
    expect((await daemon.call('daemon.status', {})).uptimeMs).toBe(0)
  })
})

describe('daemon.stop', () => {
  it('answers who stops, and asks the process to end', async () => {
    const daemon = await start()
    const { pid, instance } = daemon.ctx.identity
    expect(await daemon.call('daemon.stop', {})).toEqual({ pid, instance })
    expect(daemon.stops).toBe(1)
  })
})

describe('rpc.discover', () => {
  it('describes every method', async () => {
    const daemon = await start()
    const document = await daemon.call('rpc.discover', {})
    expect(document.methods).toMatchObject(Object.keys(methods).map((name) => ({ name })))
  })
})

describe('config.* (CACHE-2.1h)', () => {
  it('reads and writes config.toml, in force at once', async () => {
    const daemon = await start()
    expect(await daemon.call('config.get', { key: 'cache.ttl_minutes' })).toMatchObject({ value: 360 })
    await daemon.call('config.set', { key: 'cache.ttl_minutes', value: '15' })
    expect(await daemon.call('cache.status', {})).toMatchObject({ ttlMs: 15 * 60_000 })
    await daemon.call('config.unset', { key: 'cache.ttl_minutes' })
    expect(await daemon.call('cache.status', {})).toMatchObject({ ttlMs: 360 * 60_000 })
    expect((await daemon.call('config.list', {})).items.length).toBeGreaterThan(10)
  })
})
