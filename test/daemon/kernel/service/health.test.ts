import { describe, expect, it } from 'vitest'
import { Health } from '../../../../daemon/kernel/service/health.ts'

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
