import { describe, expect, it } from 'vitest'
import { nextTurn } from '../../../../daemon/kernel/rpc/turn.ts'
import { Health } from '../../../../daemon/kernel/service/health.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'

function setUp() {
  const clock = { now: 1_000 }
  const health = new Health(() => clock.now)
  return { clock, health, codes: () => health.warnings.map(({ code }) => code) }
}

describe('Health (P8)', () => {
  it.each([
    [[], 'ok'],
    [['config.unknown_key'], 'ok'],
    [['config.unknown_key', 'cache.memory'], 'degraded'],
    [['cache.memory', 'config.invalid', 'config.unknown_key'], 'failing'],
  ] as const)('with %j is %s', (raised, state) => {
    const { health } = setUp()
    for (const code of raised) health.warn(code)
    expect(health.state).toBe(state)
  })

  it('makes severity, title, sentence and fix from the table and the details', () => {
    const { health } = setUp()
    health.warn('cache.too_large', { sizeMb: 700, mostMb: 500 })
    expect(health.warnings).toEqual([
      {
        code: 'cache.too_large',
        severity: 'warning',
        title: 'The cache is large',
        text: 'The cache has 700 MB, more than the 500 MB that cache.max_size_mb allows.',
        fix: 'Exclude projects (smd projects remove), or raise the setting: smd config set cache.max_size_mb MB',
        raisedAt: 1_000,
      },
    ])
  })

  it('keeps one warning per code, with the latest details and the first time, until it is cleared', () => {
    const { health, clock, codes } = setUp()
    health.warn('cache.memory', { reason: 'old' })
    clock.now = 2_000
    health.warn('cache.memory', { reason: 'new' })
    expect(health.warnings).toMatchObject([{ text: expect.stringContaining('new'), raisedAt: 1_000 }])
    health.clear('cache.memory')
    health.clear('cache.memory')
    expect(codes()).toEqual([])
    health.warn('cache.memory')
    expect(health.warnings[0]?.raisedAt).toBe(2_000)
  })

  it('shows the worst first', () => {
    const { health, codes } = setUp()
    for (const code of ['config.unknown_key', 'cache.memory', 'config.invalid'] as const) health.warn(code)
    expect(codes()).toEqual(['config.invalid', 'cache.memory', 'config.unknown_key'])
  })

  it('hides what another warning explains, while that lasts', () => {
    const { health, codes } = setUp()
    health.warn('cache.too_large')
    health.warn('cache.memory')
    expect(codes()).toEqual(['cache.memory'])
    health.clear('cache.memory')
    expect(codes()).toEqual(['cache.too_large'])
  })

  it('shows a blip to nobody: what mends itself before its time never appears', () => {
    const { health, clock, codes } = setUp()
    health.warn('refresh.failed')
    clock.now += 59_999
    expect(codes()).toEqual([])
    expect(health.state).toBe('ok')
    clock.now += 1
    expect(codes()).toEqual(['refresh.failed'])
    health.clear('refresh.failed')
    health.warn('refresh.failed')
    expect(codes()).toEqual([])
  })
})

describe('Health.onChange (P8)', () => {
  function watched() {
    const clock = fakeTimers()
    const health = new Health(clock.now, clock.timers)
    const seen: string[] = []
    const watch = (): void => health.onChange(() => seen.push(health.warnings.map(({ code }) => code).join()))
    return { clock, health, seen, watch }
  }

  it('tells when other warnings are visible than before, not when their details change', async () => {
    const { health, seen, watch } = watched()
    health.warn('config.unknown_key')
    watch()
    await nextTurn()
    expect(seen).toEqual([])
    health.warn('cache.memory', { reason: 'a' })
    await nextTurn()
    health.warn('cache.memory', { reason: 'b' })
    health.clear('cache.newer')
    await nextTurn()
    health.clear('cache.memory')
    await nextTurn()
    expect(seen).toEqual(['cache.memory,config.unknown_key', 'config.unknown_key'])
  })

  it('takes what is cleared and raised again in one go for no change', async () => {
    const { health, seen, watch } = watched()
    health.warn('cache.too_large')
    watch()
    health.clear('cache.too_large')
    health.warn('cache.too_large')
    await nextTurn()
    expect(seen).toEqual([])
  })

  it('tells of a warning when it has lasted long enough, by itself', async () => {
    const { clock, health, seen, watch } = watched()
    watch()
    health.warn('refresh.failed', { reason: 'EIO' })
    await nextTurn()
    clock.advance(59_999)
    expect(seen).toEqual([])
    clock.advance(1)
    expect(seen).toEqual(['refresh.failed'])
    expect(clock.pending).toBe(0)
  })

  it('also of one that was raised before anybody wanted to know', () => {
    const { clock, health, seen, watch } = watched()
    health.warn('refresh.failed', { reason: 'EIO' })
    clock.advance(30_000)
    watch()
    clock.advance(30_000)
    expect(seen).toEqual(['refresh.failed'])
  })

  it('tells nothing of a warning that mends itself before that', async () => {
    const { clock, health, seen, watch } = watched()
    watch()
    health.warn('refresh.failed', { reason: 'EIO' })
    await nextTurn()
    clock.advance(30_000)
    health.clear('refresh.failed')
    await nextTurn()
    clock.advance(60_000)
    expect(seen).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('tells of a warning that comes out when the one that explained it goes', async () => {
    const { health, seen, watch } = watched()
    watch()
    health.warn('cache.memory')
    health.warn('cache.too_large')
    await nextTurn()
    health.clear('cache.memory')
    await nextTurn()
    expect(seen).toEqual(['cache.memory', 'cache.too_large'])
  })
})
