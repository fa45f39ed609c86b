import { describe, expect, it } from 'vitest'
import { FailedProofs } from '../../../../daemon/kernel/http/failed-proofs.ts'
import { useRestLab } from '../../../support/rest-lab.ts'

describe('FailedProofs', () => {
  it('makes one wait a moment, and many wait for each other, but nobody too long', () => {
    let now = 0
    const failed = new FailedProofs(() => now)
    expect([failed.record('token'), failed.record('token'), failed.record('code')]).toEqual([200, 400, 600])
    now = 500
    expect(failed.record('token')).toBe(300)
    for (let i = 0; i < 100; i++) expect(failed.record('token')).toBeLessThanOrEqual(5_000)
    expect(failed.record('code')).toBe(5_000)
    now = 60_000
    expect(failed.record('token')).toBe(200)
    expect(failed.counts).toEqual({ token: 104, code: 2 })
  })
})

describe('the HTTP server', () => {
  const start = useRestLab()

  it('counts wrong tokens and codes, and no others', async () => {
    const lab = await start({ prepare: () => undefined })
    const wrong = { headers: { authorization: 'Bearer smd_wrong' } }
    expect((await lab.ask('/api/v1/version', null, wrong)).status).toBe(401)
    expect((await lab.ask('/api/v1/version', null)).status).toBe(401)
    expect((await lab.ask('/api/v1/health', null, wrong)).status).toBe(200)
    expect((await lab.ask('/api/v1/version')).status).toBe(200)
    const code = await lab.post('/api/session', { code: 'x'.repeat(43) }, null)
    expect(code.status).toBe(403)
    const origin = { origin: `http://127.0.0.1:${lab.port}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ code: 'x'.repeat(43) })
    const own = await lab.ask('/api/session', null, { method: 'POST', headers: origin, body })
    expect(own.status).toBe(401)
    const { text } = await lab.daemon.call('daemon.metrics', {})
    expect(text).toContain('smd_http_failed_proofs_total{kind="token"} 1\n')
    expect(text).toContain('smd_http_failed_proofs_total{kind="code"} 1\n')
  })
})
