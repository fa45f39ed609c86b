import { describe, expect, it } from 'vitest'
import { Health } from '../../../../daemon/kernel/service/health.ts'

const warning = (code: string, severity: 'error' | 'warning' | 'info', text = 'x') => ({
  code,
  severity,
  text,
  fix: 'y',
})

describe('Health', () => {
  it.each([
    [[], 'ok'],
    [['info'], 'ok'],
    [['info', 'warning'], 'degraded'],
    [['warning', 'error', 'info'], 'failing'],
  ] as const)('with %j is %s', (severities, state) => {
    const health = new Health()
    for (const severity of severities) health.warn(warning(severity, severity))
    expect(health.state).toBe(state)
  })

  it('keeps one warning per code, the latest, until it is cleared', () => {
    const health = new Health()
    health.warn(warning('a', 'error', 'old'))
    health.warn(warning('a', 'warning', 'new'))
    expect(health.warnings).toEqual([warning('a', 'warning', 'new')])
    health.clear('a')
    health.clear('a')
    expect(health).toMatchObject({ warnings: [], state: 'ok' })
  })
})
