/** HTTP as the real daemon serves it: who gets in, on which port, for how long. */
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createConnection, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createSandbox, type RunOptions, type Sandbox } from '../support/daemon.ts'
import { ask } from '../support/http-lab.ts'
import { install } from '../support/installed.ts'
import { skill } from '../support/test-daemon.ts'
import { requireSecondUser, runAsStranger } from '../support/users.ts'

/** As it is built, since the page is. */
const cli = join(import.meta.dirname, '../../dist/smd.cjs')

let box: Sandbox
const smd = (words: string, options: RunOptions = {}) => box.smd(words, { cli, ...options })
const json = (words: string) => box.json(words, { cli })

beforeAll(() => {
  if (!existsSync(cli)) throw new Error('There is no dist. Run: npm run build')
})
beforeEach(() => {
  box = createSandbox()
  Object.assign(box.env, { SMD_WEB_ENABLED: 'true', SMD_WEB_PORT: '0' })
})
afterEach(() => box.dispose())

type Page = { port: number; origin: string; base: string; cookie: string; code: string }

/** What a browser says when somebody opens an address in it. */
const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** Signs a browser in as `smd open` does, starting the daemon when none runs. */
async function signIn(): Promise<Page> {
  const { url } = await json('open --print')
  const { port, origin, hash, pathname } = new URL(String(url))
  const code = hash.slice('#code='.length)
  const page = { port: Number(port), origin, base: pathname.slice(0, -1), code }
  const answer = await exchange({ ...page, cookie: '' }, code)
  expect(answer.status).toBe(204)
  return { ...page, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
}

const exchange = ({ port, origin, base }: Page, code: string) =>
  ask(port, `${base}/api/session`, { method: 'POST', headers: { origin }, body: JSON.stringify({ code }) })

const session = ({ port, base, cookie }: Page) => ask(port, `${base}/api/session`, { headers: { cookie } })

async function rpc({ port, origin, base, cookie }: Page, method: string, params: object = {}) {
  const { status, body } = await ask(port, `${base}/rpc`, {
    method: 'POST',
    headers: { origin, cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return { status, ...JSON.parse(body) }
}

/** A connected page; `next` waits for the first message that fits, of those that came and those that come. */
async function openSocket({ port, origin, base, cookie }: Page) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${base}/ws`, { headers: { origin, cookie } })
  onTestFinished(() => socket.terminate())
  type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown }
  const messages: Message[] = []
  let wake = (): void => undefined
  let rest = ''
  socket.on('message', (data: Buffer) => {
    const lines = (rest + data.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    messages.push(...lines.map((line) => JSON.parse(line)))
    wake()
  })
  const closed = once(socket, 'close').then(([code]) => code as number)
  await once(socket, 'open')
  const send = (id: number, method: string, params: object): void =>
    socket.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
  send(1, 'daemon.hello', { protocol: { min: 1, max: 1 }, client: 'a page' })
  const next = async (fits: (message: Message) => boolean): Promise<Message> => {
    for (;;) {
      const found = messages.find(fits)
      if (found) return found
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await next(({ id }) => id === 1)
  return { socket, send, next, closed }
}

/** A program that is no smd listens there, until the test is over. */
async function occupy(host = '127.0.0.1'): Promise<number> {
  const other: Server = createServer((_, response) => void response.end('not smd'))
  await new Promise<void>((resolve) => other.listen({ host, port: 0 }, resolve))
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

const warningsIn = (status: Record<string, unknown>): string[] =>
  (status.health as { warnings: Array<{ code: string }> }).warnings.map(({ code }) => code)

describe('smd open, and what it opens', () => {
  it('starts the daemon, serves the page, signs a browser in once, and answers what the page asks', async () => {
    const page = await signIn()
    const html = await ask(page.port, '/', { headers: { accept: 'text/html' } })
    expect(html.status).toBe(200)
    const [, script = ''] = /src="\.(\/assets\/[\w-]+\.js)"/.exec(html.body) ?? []
    expect((await ask(page.port, script)).headers['content-type']).toBe('text/javascript; charset=utf-8')
    // Not every file is large enough to be packed.
    const large = readdirSync(join(cli, '../web/assets')).find((name) => name.endsWith('.js.br'))
    const path = `/assets/${large?.slice(0, -'.br'.length)}`
    const packed = await ask(page.port, path, { headers: { 'accept-encoding': 'br' } })
    expect(packed.headers).toMatchObject({
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect(await rpc(page, 'daemon.status')).toMatchObject({
      status: 200,
      result: { web: { url: `${page.origin}/` }, health: { state: 'ok' } },
    })
    const again = await exchange(page, page.code)
    expect([again.status, JSON.parse(again.body).error]).toEqual([401, 'auth.code'])
    expect((await rpc(page, 'daemon.stop')).error.data.slug).toBe('auth.scope')
    const { stdout } = await smd('status')
    expect(stdout).toContain(`Page    ${page.origin}/`)
  })

  it('tells a page of a change of a file while it happens', async () => {
    const page = await signIn()
    const { send, next } = await openSocket(page)
    send(2, 'events.subscribe', { topics: ['artifacts'] })
    await next(({ method }) => method === 'events.snapshot')
    const folder = join(box.home, '.claude/skills/fresh')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'SKILL.md'), skill('fresh'))
    const { params } = await next(({ method }) => method === 'events.event')
    expect(params).toMatchObject({ topic: 'artifacts.changed' })
    expect(await rpc(page, 'web.status')).toMatchObject({ result: { sessions: 1, connections: 1 } })
  })

  it('signs out everywhere at once, also what is open', async () => {
    const [one, other] = [await signIn(), await signIn()]
    const { closed } = await openSocket(one)
    const { origin, cookie } = one
    const out = await ask(one.port, '/api/session', { method: 'DELETE', headers: { origin, cookie } })
    expect(out.status).toBe(204)
    expect(await closed).toBe(4401)
    expect([(await session(one)).status, (await session(other)).status]).toEqual([401, 200])
  })
})

describe('a restart', () => {
  it('says that it comes, keeps the port and the sessions, and none of the codes', async () => {
    const page = await signIn()
    const { url } = await json('open --print')
    const { next, closed } = await openSocket(page)
    expect((await smd('restart')).code).toBe(0)
    expect(await next(({ method }) => method === 'daemon.closing')).toMatchObject({
      params: { reason: 'stopping' },
    })
    expect(await closed).toBe(1000)
    await json('open --print')
    expect((await session(page)).status).toBe(200)
    expect((await exchange(page, new URL(String(url)).hash.slice('#code='.length))).status).toBe(401)
    await openSocket(page)
  })
})

describe('a port that is taken (L13)', () => {
  it('does not keep the daemon from serving: it takes another one, says so once, and keeps to it', async () => {
    const taken = await occupy()
    box.env.SMD_WEB_PORT = `${taken}`
    const page = await signIn()
    expect(page.port).not.toBe(taken)
    const first = await json('status')
    expect(first.web).toEqual({ url: `${page.origin}/` })
    expect(warningsIn(first)).toEqual(['web.port_moved'])
    expect((await rpc(page, 'web.status')).result.problem).toBe(`port ${taken} was taken`)
    const doctor = await json('doctor')
    expect(JSON.stringify(doctor.items)).toContain(`Port ${taken} is taken`)
    await smd('restart')
    await json('open --print')
    const second = await json('status')
    expect(second.web).toEqual(first.web)
    expect(warningsIn(second)).toEqual([])
    expect((await session(page)).status).toBe(200)
  })

  it('on one of the two addresses alone is taken, too', async () => {
    const taken = await occupy('::1')
    box.env.SMD_WEB_PORT = `${taken}`
    expect((await signIn()).port).not.toBe(taken)
  })
})

describe('the first answers, in the page itself', () => {
  it.each(['', '/tools/smd'])(
    'are there for the browser that is signed in, and for nobody else (below "%s/")',
    async (base) => {
      box.env.SMD_WEB_BASE_PATH = `${base}/`
      const folder = join(box.home, 'code/first/.claude/skills/one')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'SKILL.md'), skill('one'))
      const page = await signIn()
      await json('sync')
      const open = async (headers: Record<string, string>) => {
        const { body } = await ask(page.port, `${base}/projects`, { headers: { ...navigation, ...headers } })
        const block = /id="first">(.*?)<\/script>/.exec(body)?.[1]
        return block === undefined ? null : JSON.parse(block)
      }
      const { cookie } = page
      // Who asks a daemon that has just begun may get the page without them.
      const given = await vi.waitUntil(() => open({ cookie, 'sec-fetch-site': 'none' }), { timeout: 20_000 })
      const [projects, status] = given
      expect(projects.result.items).toContainEqual(
        expect.objectContaining({ name: 'first', artifactCount: 1 }),
      )
      expect(status.result.projects).toBe(projects.result.total)
      expect(await open({ 'sec-fetch-site': 'none' })).toBeNull()
      expect(await open({ cookie, 'sec-fetch-site': 'cross-site' })).toBeNull()
      await ask(page.port, `${base}/api/session`, {
        method: 'DELETE',
        headers: { origin: page.origin, cookie },
      })
      expect(await open({ cookie, 'sec-fetch-site': 'none' })).toBeNull()
    },
  )
})

describe('settings', () => {
  it('put everything below a path', async () => {
    box.env.SMD_WEB_BASE_PATH = 'tools/smd'
    const page = await signIn()
    expect(page.base).toBe('/tools/smd')
    expect((await session(page)).status).toBe(200)
    expect((await ask(page.port, '/tools/smd/', { headers: { accept: 'text/html' } })).body).toContain(
      '<base href="/tools/smd/" />',
    )
    expect((await ask(page.port, '/')).status).toBe(404)
    await openSocket(page)
  })

  it('turn it off: nothing listens, and smd open says why', async () => {
    box.env.SMD_WEB_ENABLED = 'false'
    const { code, stderr } = await smd('open')
    expect(code).toBe(1)
    expect(stderr).toContain('The page is not served: web.enabled is off.')
    const status = await json('status')
    expect([status.web, warningsIn(status)]).toEqual([null, []])
    expect(existsSync(box.paths.webPortFile)).toBe(false)
  })
})

describe('other addresses of this machine (S3)', () => {
  it('are not listened on', async () => {
    const { port } = await signIn()
    const addresses = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal, scopeid }) => !internal && !scopeid)
      .map(({ address }) => address)
    for (const host of [...addresses, '127.0.0.2']) {
      const socket = createConnection({ host, port })
      const [error] = await once(socket, 'error')
      expect((error as NodeJS.ErrnoException).code, host).toBe('ECONNREFUSED')
    }
  })
})

describe('another user of the machine (S2, S6)', () => {
  it('reaches the port and gets nothing but the page, and finds no way in', async () => {
    requireSecondUser()
    const page = await signIn()
    // Nothing around smd's own folders shall protect them.
    for (const path of [box.root, join(box.root, 'smd')]) chmodSync(path, 0o755)
    const opener = join(box.root, 'bin')
    mkdirSync(opener)
    // In the place of a browser: notes how it was called.
    writeFileSync(join(opener, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$@" > "${box.root}/called"\n`, {
      mode: 0o755,
    })
    const opened = await smd('open', {
      env: {
        PATH: `${opener}:${box.env.PATH}`,
        DISPLAY: ':0',
        SSH_CONNECTION: undefined,
        SSH_TTY: undefined,
      },
    })
    expect(opened.code).toBe(0)
    const [file = ''] = readFileSync(join(box.root, 'called'), 'utf8').split('\n')
    expect(file).toMatch(/\/open-[0-9a-f]{12}\.html$/)
    expect(readFileSync(file, 'utf8')).toContain('#code=')
    const { webSessionsFile, runtimeDir, logFile } = box.paths
    const answers = await runAsStranger<Array<[string, number | string]>>(strangerProgram, {
      origin: page.origin,
      files: [file, webSessionsFile, runtimeDir, logFile],
      cookie: page.cookie.split('=')[0],
    })
    expect(answers).toEqual([
      ['GET /', 200],
      ['GET /api/session', 401],
      ['GET /api/v1/projects', 401],
      ['GET /api/v1/cache/status', 401],
      ['POST /rpc', 401],
      ['POST /api/session', 401],
      [file, 'EACCES'],
      [webSessionsFile, 'EACCES'],
      [runtimeDir, 'EACCES'],
      [logFile, 'EACCES'],
    ])
  })

  it('finds nothing that lets him in where others may look: log, arguments, files', async () => {
    const page = await signIn()
    await openSocket(page)
    const { url } = await json('open --print')
    const secrets = [
      page.code,
      page.cookie.split('=')[1] ?? '',
      new URL(String(url)).hash.slice('#code='.length),
    ]
    expect(secrets.every((secret) => secret.length === 43)).toBe(true)
    const kept = readdirSync(join(box.root, 'smd'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(box.root, 'smd', name))
      .filter((file) => statSync(file).isFile())
    expect(kept).toContain(box.paths.webSessionsFile)
    for (const file of kept) {
      const text = readFileSync(file, 'latin1')
      for (const secret of secrets) expect(text.includes(secret), file).toBe(false)
    }
    const pid = box.daemonPid()
    if (process.platform === 'linux') {
      const known = ['cmdline', 'environ']
        .map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1'))
        .join()
      for (const secret of secrets) expect(known).not.toContain(secret)
    }
  })
})

const strangerProgram = `
  import { readFileSync } from 'node:fs'
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  const { origin, files, cookie } = JSON.parse(Buffer.concat(chunks))
  const headers = { origin, 'content-type': 'application/json', cookie: cookie + '=' + 'A'.repeat(43) }
  const answers = []
  const asked = [
    ['GET', '/'],
    ['GET', '/api/session'],
    ['GET', '/api/v1/projects'],
    ['GET', '/api/v1/cache/status'],
    ['POST', '/rpc', '{"jsonrpc":"2.0","id":1,"method":"daemon.status"}'],
    ['POST', '/api/session', JSON.stringify({ code: 'A'.repeat(43) })],
  ]
  for (const [method, path, body] of asked) {
    const { status } = await fetch(origin + path, { method, headers, body })
    answers.push([method + ' ' + path, status])
  }
  for (const file of files) {
    try {
      readFileSync(file)
      answers.push([file, 'read'])
    } catch (error) {
      answers.push([file, error.code])
    }
  }
  console.log(JSON.stringify(answers))
`

describe('an update under a running daemon (L9)', () => {
  it('leaves the page of the daemon as it was, whatever lies in the folder now', async () => {
    const installed = install('1.0.0')
    onTestFinished(installed.dispose)
    const own = { cli: installed.cli }
    const { stdout } = await smd('open --print --json', own)
    const { port } = new URL(JSON.parse(stdout).url)
    const before = await ask(Number(port), '/')
    const [, script = ''] = /src="\.(\/assets\/[\w-]+\.js)"/.exec(before.body) ?? []
    installed.replaceBy('2.0.0')
    const web = join(installed.cli, '../web')
    writeFileSync(join(web, 'index.html'), 'another page')
    writeFileSync(join(web, script), 'another script')
    expect((await ask(Number(port), '/')).body).toBe(before.body)
    const asset = await ask(Number(port), script)
    expect(asset.status).toBe(200)
    expect(asset.body).not.toBe('another script')
    expect(warningsIn(JSON.parse((await smd('status --json', own)).stdout))).toContain(
      'daemon.restart_needed',
    )
  })
})
