import { describe, expect, it, onTestFinished } from 'vitest'
import { servePage } from '../../daemon/serve-page.ts'
import { fakeTimers } from '../support/fake-timers.ts'
import { ask } from '../support/http-lab.ts'
import { type TestDaemon, useTestDaemon } from '../support/test-daemon.ts'

const start = useTestDaemon()
const onAnyPort = { SMD_WEB_PORT: '0' }

/** As a daemon does it after its start; the moment it waits for has come. */
function serve({ ctx, dispatcher }: TestDaemon, changed = false) {
  const clock = fakeTimers()
  const page = servePage({ ...ctx, packageChanged: () => changed }, dispatcher, () => undefined, clock.timers)
  onTestFinished(() => page.end())
  return { ...page, begin: () => clock.advance(20), clock }
}

describe('servePage', () => {
  it('serves a moment after the start; whoever asks for a link waits for that', async () => {
    const daemon = await start({ env: onAnyPort })
    const { begin } = serve(daemon)
    expect(await daemon.call('web.status', {})).toMatchObject({ url: null, problem: null })
    const asked = daemon.call('web.link', { path: '/projects' })
    begin()
    const { url } = await asked
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/projects#code=[\w-]{43}$/)
    const { port } = new URL(url)
    expect(await daemon.call('web.status', {})).toEqual({
      url: `http://127.0.0.1:${port}/`,
      port: Number(port),
      problem: null,
      sessions: 0,
      connections: 0,
    })
    expect((await ask(Number(port), '/api/session')).status).toBe(401)
  })

  it('ends with the daemon', async () => {
    const daemon = await start({ env: onAnyPort })
    const page = serve(daemon)
    page.begin()
    const { url } = await daemon.call('web.link', {})
    await page.end()
    await expect(fetch(url)).rejects.toThrow()
  })

  it('does not begin when the daemon ends first', async () => {
    const daemon = await start({ env: onAnyPort })
    const page = serve(daemon)
    await page.end()
    expect(page.clock.pending).toBe(0)
  })

  it('loads nothing from files that were replaced, and says so (L9)', async () => {
    const daemon = await start({ env: onAnyPort })
    serve(daemon, true).begin()
    await expect(daemon.call('web.link', {})).rejects.toMatchObject({
      slug: 'web.not_served',
      message: 'The page is not served: the files of smd were replaced.',
    })
    expect(daemon.ctx.health.warnings).toContainEqual(expect.objectContaining({ code: 'web.not_served' }))
    expect(await daemon.call('web.status', {})).toMatchObject({ url: null, port: null })
  })

  it('does not begin where the settings say so, which is no trouble', async () => {
    const daemon = await start({ env: { SMD_WEB_ENABLED: 'false' } })
    expect(serve(daemon).clock.pending).toBe(0)
    await expect(daemon.call('web.link', {})).rejects.toMatchObject({ slug: 'web.not_served' })
    expect(daemon.ctx.health.warnings).toEqual([])
  })
})

describe('without a daemon that goes on', () => {
  it('there is no page', async () => {
    const { call } = await start()
    await expect(call('web.link', {})).rejects.toThrow('only a running daemon serves it')
  })
})
