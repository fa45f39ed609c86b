/** What a page of somebody else can do in the browser that is signed in: nothing (daemon spec S4, S5). */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../support/browser/chromium.ts'
import { Pages } from '../../support/browser/pages.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

/** An attempt, and what came of it. */
type Attempt = { what: string; got: string }

/** Names under which the attacker's page is opened: the same site on another port, and other sites. */
const hosts = ['127.0.0.1', 'localhost', 'evil.example']

describe('a page of another origin', () => {
  let box: WebBox
  let browser: Browser
  let pages: Pages
  let evil: Server
  let port: number
  beforeAll(async () => {
    box = createWebBox()
    await box.start()
    // A name of the attacker that leads to this machine, as his own name server would have it.
    browser = await launchChromium(['--host-resolver-rules=MAP evil.example 127.0.0.1'])
    pages = new Pages(browser)
    evil = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' })
      response.end('<!doctype html><title>Win a prize</title><h1>Win a prize</h1>')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => evil.once('listening', resolve))
    port = (evil.address() as AddressInfo).port
  })
  afterAll(async () => {
    await browser?.close()
    evil?.close()
    await box.dispose()
  })

  /** A page of the attacker in a browser that is signed in, and the statuses of all it got from the daemon. */
  async function lure(host: string): Promise<{ page: Page; statuses: Map<string, number>; origin: string }> {
    const origin = await box.origin()
    const own = await pages.open(box, '/projects', { expected: [/./] })
    await own.getByRole('grid', { name: 'Projects' }).waitFor()
    const page = await own.context().newPage()
    const statuses = await watchStatuses(page, origin)
    await page.goto(`http://${host}:${port}/`)
    return { page, statuses, origin }
  }

  /** How things stand that an attack could change. */
  async function standing(): Promise<unknown> {
    const { pid, instance } = await box.call('daemon.status', {})
    const { items } = await box.call('config.list', {})
    const { items: projects } = await box.call('projects.list', { limit: 1_000 })
    const { items: tokens } = await box.call('tokens.list', {})
    const { sessions } = await box.call('web.status', {})
    return { pid, instance, items, projects: projects.map(({ path }) => path), tokens, sessions }
  }

  /** Every route of the interface, as `METHOD /path`. */
  async function routes(): Promise<string[]> {
    const page = await pages.open(box, '/', { expected: [/./] })
    await page.getByRole('main').waitFor()
    const document = await page.evaluate(async () => (await fetch('/api/openapi.json')).json())
    await page.context().close()
    return Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((name) => ['get', 'post', 'put', 'patch', 'delete'].includes(name))
        .map((name) => `${name.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'x')}`),
    )
  }

  it.each(hosts)('at %s reads and changes nothing by any route', async (host) => {
    const all = [
      ...(await routes()),
      'POST /rpc',
      'POST /api/session',
      'DELETE /api/session',
      'GET /api/session',
    ]
    expect(all.length).toBeGreaterThan(15)
    const { page, statuses, origin } = await lure(host)
    const before = await standing()
    const attempts = await page.evaluate(attack, { origin, all, project: box.home })
    expect(attempts.length).toBeGreaterThan(all.length * 3)
    expect(attempts.filter(({ got }) => !['blocked', 'opaque'].includes(got))).toEqual([])
    // Not only unread: refused.
    expect([...statuses].filter(([, status]) => status < 400)).toEqual([])
    expect(statuses.size).toBeGreaterThanOrEqual(all.length)
    expect(await standing()).toEqual(before)
    await pages.close()
  })

  it.each(hosts)('at %s gets no connection of the WebSocket', async (host) => {
    const { page, origin } = await lure(host)
    const heard = await page.evaluate(
      (address) =>
        new Promise<string[]>((resolve) => {
          const socket = new WebSocket(address)
          const told: string[] = []
          socket.onopen = () => told.push('open')
          socket.onmessage = ({ data }) => told.push(data)
          socket.onclose = () => resolve(told)
        }),
      `${origin.replace('http', 'ws')}/ws`,
    )
    expect(heard).toEqual([])
    await pages.close()
  })

  it.each(hosts)('at %s changes nothing by a form, and shows the page in no frame', async (host) => {
    const { page, statuses, origin } = await lure(host)
    const before = await standing()
    await page.evaluate(async (origin) => {
      const sent = (element: HTMLElement): Promise<void> =>
        new Promise((resolve) => {
          element.addEventListener('load', () => resolve())
          document.body.append(element)
        })
      const frame = Object.assign(document.createElement('iframe'), { name: 'target', src: 'about:blank' })
      await sent(frame)
      // As text, a form can send JSON.
      const call = '{"jsonrpc":"2.0","id":1,"method":"cache.invalidate","params":{},"x":"'
      for (const path of ['/rpc', '/api/v1/cache/refresh', '/api/v1/cache/invalidate', '/api/session']) {
        const form = document.createElement('form')
        Object.assign(form, {
          method: 'post',
          enctype: 'text/plain',
          target: 'target',
          action: origin + path,
        })
        form.append(Object.assign(document.createElement('input'), { name: call, value: '"}' }))
        document.body.append(form)
        await new Promise((resolve) => {
          frame.onload = resolve
          form.submit()
        })
      }
      await sent(Object.assign(document.createElement('iframe'), { src: `${origin}/projects` }))
    }, origin)
    const posts = [...statuses].filter(([request]) => request.startsWith('POST'))
    const paths = posts.map(([request]) => new URL(request.split(' ')[1] ?? '').pathname)
    expect(paths.sort()).toEqual([
      '/api/session',
      '/api/v1/cache/invalidate',
      '/api/v1/cache/refresh',
      '/rpc',
    ])
    expect(posts.filter(([, status]) => status < 400)).toEqual([])
    for (const frame of page.frames().filter((one) => one !== page.mainFrame())) {
      expect(await frame.locator('main, nav, [role="grid"]').count()).toBe(0)
    }
    expect(await standing()).toEqual(before)
    await pages.close()
  })

  it('gets nothing by a name of its own for this machine', async () => {
    const { page } = await lure('evil.example')
    const { port: own } = new URL(await box.origin())
    const response = await page.goto(`http://evil.example:${own}/`)
    expect(response?.status()).toBe(421)
    expect(await page.getByRole('main').count()).toBe(0)
    await pages.close()
  })
})

/** What the daemon answered to the requests of a page, the best for each, also where the browser keeps it from the page. */
async function watchStatuses(page: Page, origin: string): Promise<Map<string, number>> {
  const statuses = new Map<string, number>()
  const answered = (request: string, status: number): void => {
    statuses.set(request, Math.min(status, statuses.get(request) ?? status))
  }
  const requests = new Map<string, string>()
  const devTools = await page.context().newCDPSession(page)
  devTools.on('Network.requestWillBeSent', ({ requestId, request: { method, url } }) => {
    if (url.startsWith(origin)) requests.set(requestId, `${method} ${url}`)
  })
  devTools.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
    const request = requests.get(requestId)
    if (request) answered(request, statusCode)
  })
  // Frames of other sites have processes of their own.
  page.on('response', (response) => {
    if (response.url().startsWith(origin))
      answered(`${response.request().method()} ${response.url()}`, response.status())
  })
  await devTools.send('Network.enable')
  return statuses
}

/** Runs in the page of the attacker. */
async function attack({
  origin,
  all,
  project,
}: {
  origin: string
  all: readonly string[]
  project: string
}): Promise<Attempt[]> {
  const call = (method: string, params: object): string =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const bodies = [
    call('projects.list', {}),
    call('projects.add', { path: project }),
    call('config.set', { key: 'cache.ttl_minutes', value: 1 }),
    call('tokens.create', { name: 'mine', scope: 'admin' }),
    call('cache.clear', {}),
    call('web.signout', {}),
    call('daemon.stop', {}),
  ]
  const attempts: Attempt[] = []
  const attempt = async (what: string, url: string, init: RequestInit): Promise<void> => {
    const got = await fetch(url, { credentials: 'include', ...init }).then(
      async (response) =>
        response.type === 'opaque' ? 'opaque' : `${response.status} ${await response.text()}`,
      () => 'blocked',
    )
    attempts.push({ what, got })
  }
  for (const route of all) {
    const [method = '', path] = route.split(' ')
    const url = `${origin}${path}`
    for (const mode of ['cors', 'no-cors'] as const) {
      const canHaveBody = method === 'POST'
      if (mode === 'no-cors' && !['GET', 'POST'].includes(method)) continue
      const sent = path === '/rpc' ? bodies : canHaveBody ? ['{}', call('cache.clear', {})] : [null]
      for (const body of sent) {
        const init: RequestInit = { method, mode, ...(body !== null && { body }) }
        await attempt(`${mode} ${route} ${body ?? ''}`, url, init)
        // Asked first whether it may: that is no answer either.
        if (mode === 'cors' && body !== null)
          await attempt(`json ${route}`, url, { ...init, headers: { 'content-type': 'application/json' } })
        if (mode === 'cors')
          await attempt(`bearer ${route}`, url, { ...init, headers: { authorization: 'Bearer x' } })
      }
    }
  }
  return attempts
}
