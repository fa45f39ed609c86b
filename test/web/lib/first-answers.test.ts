// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { FIRST_PROJECTS } from '../../../protocol/page-addresses.ts'
import { fakeDaemon } from '../support/fake-daemon.ts'

/** The page as it is opened at an address, with this block in it. */
async function open(path: string, replies: unknown) {
  vi.resetModules()
  document.body.innerHTML = `<script type="application/json" id="first">${JSON.stringify(replies)}</script>`
  history.replaceState(null, '', path)
  return import('../../../web/src/connection.ts')
}
const projects = { items: [], nextCursor: null, total: 7 }
const status = { projects: 3 }

describe('answers that came along with the page', () => {
  it('are taken once instead of asking, in any order', async () => {
    const daemon = fakeDaemon({ 'projects.list': () => projects, 'cache.status': () => status as never })
    const { call } = await open('/projects', [
      { id: 1, result: { projects: 2 } },
      { id: 0, result: { ...projects, total: 1 } },
    ])
    expect(await call('projects.list', { limit: FIRST_PROJECTS })).toMatchObject({ total: 1 })
    expect(await call('cache.status', {})).toEqual({ projects: 2 })
    expect(daemon.asked).toEqual([])
    expect(await call('projects.list', { limit: FIRST_PROJECTS })).toMatchObject({ total: 7 })
    expect(document.getElementById('first')).toBeNull()
  })

  it('count for what was asked alone, and not when they are failures', async () => {
    const daemon = fakeDaemon({ 'projects.list': () => projects, 'cache.status': () => status as never })
    const { call } = await open('/projects', [
      { id: 0, result: { ...projects, total: 1 } },
      { id: 1, error: { code: -1, message: 'no' } },
    ])
    expect(await call('projects.list', { limit: 2 })).toMatchObject({ total: 7 })
    expect(await call('cache.status', {})).toEqual(status)
    expect(daemon.asked).toHaveLength(2)
  })

  it('let what they do not answer wait until they are painted', async () => {
    const daemon = fakeDaemon({ 'projects.list': () => projects })
    const { call, holdCalls } = await open('/projects', [{ id: 1, result: status }])
    let painted = (): void => undefined
    holdCalls(new Promise((resolve) => (painted = resolve)))
    const later = call('projects.list', { limit: 2 })
    expect(await call('cache.status', {})).toEqual(status)
    expect(daemon.asked).toEqual([])
    painted()
    expect(await later).toMatchObject({ total: 7 })
  })
})
