import { describe, expect, it } from 'vitest'
import { recordQuery } from '../../../../daemon/domains/cache/slow-queries.ts'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
/** With 0.001 ms every query is a slow one, with an hour none. */
const startWith = (slowMs: string) =>
  start({
    env: { SMD_LOG_SLOW_QUERY_MS: slowMs },
    prepare: ({ write }) =>
      void write('projects/shop/.claude/skills/secret-name/SKILL.md', skill('secret-name')),
  })

describe('slow queries (CACHE-2.1f)', () => {
  it('are counted in status and metrics and logged by method, without what was asked for', async () => {
    const { call, log } = await startWith('0.001')
    await call('artifacts.list', { type: 'skill' })
    await call('artifacts.search', { query: 'secret-name' })
    await call('artifacts.search', { query: 'secret-name' })
    const { queries, hits, misses } = await call('cache.status', {})
    expect(queries).toMatchObject({ count: 3, slow: 3 })
    expect(hits + misses).toBe(3)
    const { text } = await call('daemon.metrics', {})
    expect(text).toContain('smd_cache_queries_total 3\n')
    expect(text).toContain('smd_cache_slow_queries_total{method="artifacts.list"} 1\n')
    expect(text).toContain('smd_cache_slow_queries_total{method="artifacts.search"} 2\n')
    expect(text).toMatch(/smd_cache_reads_total\{result="hit"\} \d\n/)
    const lines = log.filter(({ message }) => message === 'slow query')
    expect(lines.map(({ level, method }) => [level, method])).toEqual([
      ['warn', 'artifacts.list'],
      ['warn', 'artifacts.search'],
      ['warn', 'artifacts.search'],
    ])
    expect(lines.every(({ ms }) => typeof ms === 'number')).toBe(true)
    expect(JSON.stringify(lines)).not.toContain('secret-name')
  })

  it('may take longer where they are worked at in turns', async () => {
    const { call, ctx } = await startWith('50')
    await call('artifacts.facets', {})
    const before = (await call('cache.status', {})).queries
    recordQuery(ctx, 'artifacts.facets', 999, true)
    recordQuery(ctx, 'artifacts.facets', 1_000, true)
    recordQuery(ctx, 'artifacts.list', 50)
    const { count, slow } = (await call('cache.status', {})).queries
    expect({ count: count - before.count, slow: slow - before.slow }).toEqual({ count: 3, slow: 2 })
  })

  it('are none when all are quick enough', async () => {
    const { call, log, ctx } = await startWith('3600000')
    for (let i = 0; i < 20; i++) await call('artifacts.list', {})
    expect((await call('cache.status', {})).queries).toMatchObject({ count: 20, slow: 0 })
    expect(log.filter(({ message }) => message === 'slow query')).toEqual([])
    expect(ctx.health.warnings).toEqual([])
  })

  it('are a remark of smd status when there are ten within ten minutes, and only then', async () => {
    const { call, clock, ctx } = await startWith('0.001')
    const codes = (): string[] => ctx.health.warnings.map(({ code }) => code)
    for (let i = 0; i < 9; i++) await call('artifacts.list', {})
    expect(codes()).toEqual([])
    clock.now += 599_999
    await call('artifacts.list', {})
    expect(codes()).toEqual(['cache.slow_queries'])
    expect(ctx.health.warnings).toMatchObject([
      { severity: 'info', text: expect.stringContaining('0.001 ms') },
    ])
    clock.now += 1
    await call('artifacts.list', {})
    clock.now += 599_999
    await call('artifacts.list', {})
    expect(codes()).toEqual([])
  })
})
