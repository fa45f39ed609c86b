/** Every route of the real daemon with every origin, host and proof: who is answered, and what is not changed (S4, S5, S8, S9). */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RestRoute } from '../../protocol/rest/route.ts'
import { restRoutes } from '../../protocol/rest.ts'
import { type AccessScope, accessScopes } from '../../protocol/vocabulary.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { startProcess } from '../support/daemon-process.ts'

type Target = {
  method: RestRoute['method']
  path: string
  scope: AccessScope | 'none'
  body?: string
  /** When nothing stands in the way. */
  status: number
  webSocket?: true
}

const hosts = ['good', 'evil'] as const
const origins = ['none', 'same', 'other port', 'other site', 'null'] as const
const proofs = ['none', 'wrong', 'expired', ...accessScopes, 'session'] as const
type Case = {
  target: Target
  host: (typeof hosts)[number]
  origin: (typeof origins)[number]
  proof: (typeof proofs)[number]
}

let box: Sandbox
let port: number
let stop: () => Promise<unknown>
const secrets: Record<string, string> = {}
let targets: Target[] = []

beforeAll(async () => {
  box = createSandbox()
  const { child, report, ended } = await startProcess(box, { SMD_WEB_ENABLED: 'true', SMD_WEB_PORT: '0' })
  expect(report?.ready).toBeDefined()
  stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const link = new URL((await box.json('open --print')).url as string)
  port = Number(link.port)
  for (const scope of [...accessScopes, 'expired']) {
    const asked = `token create ${scope} --scope ${scope === 'expired' ? 'admin' : scope}`
    secrets[scope] = (await box.json(asked)).token as string
  }
  const file = JSON.parse(readFileSync(box.paths.tokensFile, 'utf8'))
  const expired = file.tokens.find(({ name }: { name: string }) => name === 'expired')
  expired.expires = '2020-01-01T00:00:00Z'
  writeFileSync(box.paths.tokensFile, JSON.stringify(file))
  const signedIn = await send({
    method: 'POST',
    path: '/api/session',
    headers: { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code: link.hash.replace('#code=', '') }),
  })
  expect(signedIn.status).toBe(204)
  secrets.session = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''

  const { items } = JSON.parse((await asked('/api/v1/cache/artifacts?limit=500')).body)
  const edited = items.find(
    (item: { name: string; local_modified: boolean }) => item.name === 'code-review' && item.local_modified,
  )
  await box.json('group create routes')
  await box.json('tag create routes')
  const snapshot = (await box.json('snapshot before-the-routes')).id as string
  /** What stands for the parts of a path, so that a question is answered. */
  const parts: Record<string, Record<string, string>> = {
    projects: { id: 'webshop' },
    artifacts: { id: 'skill:code-review', file: 'SKILL.md' },
    groups: { id: 'default:routes' },
    collections: { id: 'default' },
    tags: { id: 'routes', slug: 'routes' },
    versions: { id: snapshot },
  }
  const examples: Record<string, string> = {
    '/api/v1/cache/search': '/api/v1/cache/search?query=review',
    '/api/v1/tags/search': '/api/v1/tags/search?q=a',
    '/api/v1/artifacts/:id/diff': '/api/v1/artifacts/skill:code-review/diff?project_path=webshop',
    '/api/v1/artifacts/:id/upstream-diff': `/api/v1/artifacts/${edited.id}/upstream-diff`,
  }
  const exampleOf = (path: string): string => {
    const own = parts[path.split('/')[3] ?? ''] ?? {}
    return examples[path] ?? path.replace(/:(\w+)\*?/g, (_, name: string) => own[name] ?? name)
  }
  /** What a change is asked of that is not there, so that each is asked often and none does anything. */
  const nowhere = (path: string): string =>
    path.replace(/:(\w+)\*?/g, path.includes('/snapshots/') ? '20200101-000000-000000' : 'nowhere')
  const rpc = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'daemon.status' })
  targets = [
    ...restRoutes.map(({ method, path, scope, status, query, body }) => {
      const changes = method !== 'GET'
      const lacks = [...(body ? [body] : []), ...(changes ? [query] : [])].some(
        (schema) => !schema.safeParse({}).success,
      )
      const isNowhere = changes && path.includes(':')
      return {
        method,
        path: isNowhere ? nowhere(path) : exampleOf(path),
        scope,
        status: lacks ? 422 : isNowhere ? 404 : status,
        ...(body && { body: '{}' }),
      }
    }),
    { method: 'GET', path: '/api/v1/events', scope: 'read', status: 200 },
    { method: 'GET', path: '/api/v1/analytics/stream', scope: 'read', status: 200 },
    { method: 'GET', path: '/api/openapi.json', scope: 'none', status: 200 },
    { method: 'POST', path: '/rpc', scope: 'read', status: 200, body: rpc },
    { method: 'GET', path: '/ws', scope: 'read', status: 101, webSocket: true },
  ]
})

afterAll(async () => {
  await stop?.()
  await box.dispose()
})

type Sent = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

/** As much of the reply as comes by itself: a stream and an upgrade are cut off when they have begun. */
function send({
  method = 'GET',
  path,
  headers = {},
  body,
}: {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string | undefined
}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false })
    request.on('error', reject)
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    request.on('response', (response) => {
      const done = (text: string): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      if (String(response.headers['content-type']).startsWith('text/event-stream')) {
        response.destroy()
        return done('')
      }
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => done(text))
      response.on('error', reject)
    })
    request.end(body)
  })
}

const asked = (path: string): Promise<Sent> =>
  send({ path, headers: { authorization: `Bearer ${secrets.admin}` } })

function headersOf({ target, host, origin, proof }: Case): Record<string, string> {
  const own = `http://127.0.0.1:${port}`
  const said: Record<Case['origin'], Record<string, string>> = {
    none: {},
    same: { origin: own, 'sec-fetch-site': 'same-origin' },
    'other port': { origin: `http://127.0.0.1:${port + 1}`, 'sec-fetch-site': 'same-site' },
    'other site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    null: { origin: 'null', 'sec-fetch-site': 'cross-site' },
  }
  const shown: Record<Case['proof'], Record<string, string>> = {
    none: {},
    wrong: { authorization: `Bearer smd_${'x'.repeat(43)}` },
    expired: { authorization: `Bearer ${secrets.expired}` },
    read: { authorization: `Bearer ${secrets.read}` },
    write: { authorization: `Bearer ${secrets.write}` },
    admin: { authorization: `Bearer ${secrets.admin}` },
    session: { cookie: secrets.session ?? '' },
  }
  return {
    host: host === 'good' ? `127.0.0.1:${port}` : `evil.example:${port}`,
    ...said[origin],
    ...shown[proof],
    ...(target.body !== undefined && { 'content-type': 'application/json' }),
    ...(target.webSocket && {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }),
  }
}

/** What the rules say, from the table alone. */
function expectedStatus({ target, host, origin, proof }: Case): number {
  if (host === 'evil') return 421
  const changes = target.method !== 'GET' || target.webSocket === true
  const isToken = !['none', 'session'].includes(proof)
  if (!['none', 'same'].includes(origin)) return 403
  // A browser says where it comes from when it posts; a program has a token.
  if (origin === 'none' && changes && !isToken) return 403
  if (target.scope === 'none') return target.status
  if (['none', 'wrong', 'expired'].includes(proof)) return 401
  const scope = proof === 'session' ? 'write' : (proof as AccessScope)
  return accessScopes.indexOf(scope) >= accessScopes.indexOf(target.scope) ? target.status : 403
}

const casesOf = (some: readonly Target[]): Case[] =>
  some.flatMap((target) =>
    hosts.flatMap((host) =>
      origins.flatMap((origin) => proofs.map((proof) => ({ target, host, origin, proof }))),
    ),
  )

const nameOf = ({ target, host, origin, proof }: Case): string =>
  `${target.method} ${target.path}, host ${host}, origin ${origin}, proof ${proof}`

/** Sends them all, some at a time, and answers what came by name. */
async function crawl(cases: readonly Case[]): Promise<Array<{ asked: Case; sent: Sent }>> {
  const left = [...cases]
  const found: Array<{ asked: Case; sent: Sent }> = []
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const { method, path, body } = next.target
      const sent = await send({ method, path, headers: headersOf(next), body })
      found.push({ asked: next, sent })
    }
  }
  await Promise.all(Array.from({ length: 48 }, worker))
  return found
}

/** Everything that a request could have changed: what was decided, and what is known. */
async function state(): Promise<string> {
  const tokens = JSON.parse(readFileSync(box.paths.tokensFile, 'utf8')).tokens.map(
    ({ last_used: _, ...token }: Record<string, unknown>) => token,
  )
  const { items } = await box.json('projects list')
  const [config, jobs] = [await box.json('config list'), await box.json('backup list')]
  const { lastRefreshAt } = await box.json('cache status')
  const library = readdirSync(join(box.home, '.skillmeat'), { recursive: true, withFileTypes: true })
    // That somebody searched is noted.
    .filter((entry) => entry.isFile() && !entry.name.startsWith('analytics.db'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((file) => [file, readFileSync(file, 'base64')])
  return createHash('sha256')
    .update(JSON.stringify([tokens, items, config, jobs, lastRefreshAt, library]))
    .digest('hex')
}

describe('every route, from everywhere, as everybody', () => {
  it('is in the description of the interface', async () => {
    const { paths } = JSON.parse((await asked('/api/openapi.json')).body)
    const described = Object.entries(paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const known = restRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)\*?/g, '{$1}')}`)
    expect(described.sort()).toEqual([...known, 'GET /api/v1/events', 'GET /api/v1/analytics/stream'].sort())
  })

  // Each wrong token is answered after a pause, one after the other.
  it('answers as the table says, changes nothing that is only asked for, and tells nothing it should not (CACHE-2.4f)', async () => {
    const before = await state()
    const queries = casesOf(targets.filter(({ method }) => method === 'GET'))
    const ofQueries = await crawl(queries)
    expect(await state()).toBe(before)
    const commands = casesOf(targets.filter(({ method }) => method !== 'GET'))
    const found = [...ofQueries, ...(await crawl(commands))]
    expect(found).toHaveLength(targets.length * 2 * 5 * 7)

    const differing = found
      .filter(({ asked: each, sent }) => sent.status !== expectedStatus(each))
      .map(({ asked: each, sent }) => `${nameOf(each)}: ${sent.status} instead of ${expectedStatus(each)}`)
    expect(differing).toEqual([])
    // Of each kind there are many, so that this says something.
    const counts = new Map<number, number>()
    for (const { sent } of found) counts.set(sent.status, (counts.get(sent.status) ?? 0) + 1)
    for (const status of [200, 101, 401, 403, 421]) expect(counts.get(status), `${status}`).toBeGreaterThan(3)

    for (const { asked: each, sent } of found) {
      if (sent.status === 101) continue
      const name = nameOf(each)
      expect(sent.headers, name).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'x-content-type-options': 'nosniff',
        'cache-control': expect.stringContaining('no-store'),
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(Object.keys(sent.headers).filter((header) => header.startsWith('access-control'))).toEqual([])
      if (sent.status < 400) continue
      const { error, message, hint } = JSON.parse(sent.body)
      expect([error, message, hint], name).toEqual([
        expect.stringMatching(/^[a-z]+\.[a-z_]+$/),
        expect.stringMatching(/\S/),
        expect.stringMatching(/\S/),
      ])
      expect(sent.body, name).not.toMatch(/node_modules|\.ts:\d|\.cjs:\d|at async/)
      expect(sent.body, name).not.toContain(box.root)
      for (const secret of Object.values(secrets)) expect(sent.body, name).not.toContain(secret)
    }
  }, 600_000)

  it('leaves no secret in the log (S6)', () => {
    const log = readFileSync(box.paths.logFile, 'utf8')
    expect(log.length).toBeGreaterThan(100)
    for (const [name, secret] of Object.entries(secrets)) expect(log, name).not.toContain(secret)
  })

  it('changes nothing for those who are refused, whatever they ask for (S4, S5)', async () => {
    const body = (value: object) => ({ body: JSON.stringify(value), status: 200 })
    const review = { artifact_name: 'code-review', artifact_type: 'skill', project_path: 'notes' }
    const changing: Target[] = (
      [
        ['POST', '/api/v1/tags', body({ name: 'of another site' })],
        ['PUT', '/api/v1/tags/routes', body({ name: 'renamed' })],
        ['DELETE', '/api/v1/tags/routes', { status: 204 }],
        ['PUT', '/api/v1/artifacts/skill:code-review/tags', body({ tags: [] })],
        ['PUT', '/api/v1/groups/default:routes', body({ name: 'renamed' })],
        ['DELETE', '/api/v1/groups/default:routes', { status: 204 }],
        ['POST', '/api/v1/groups/default:routes/artifacts', body({ artifact_ids: ['skill:code-review'] })],
        ['PUT', '/api/v1/artifacts/skill:code-review/files/SKILL.md', body({ content: 'of another site' })],
        ['DELETE', '/api/v1/artifacts/skill:code-review', { status: 204 }],
        ['DELETE', '/api/v1/projects/webshop', { status: 200 }],
        ['POST', '/api/v1/versions/snapshots', body({})],
        ['POST', '/api/v1/deploy', body(review)],
      ] as const
    ).map(([method, path, rest]) => ({ method, path, scope: 'write', ...rest }))
    const before = await state()
    const refused = casesOf(changing).filter((each) => expectedStatus(each) >= 400)
    expect(refused.length).toBeGreaterThan(changing.length * 60)
    for (const { asked: each, sent } of await crawl(refused))
      expect(sent.status, nameOf(each)).toBe(expectedStatus(each))
    expect(await state()).toBe(before)
    // They would have done something.
    for (const { method, path, body: text, status } of changing.slice(0, 2)) {
      const headers = { authorization: `Bearer ${secrets.write}`, 'content-type': 'application/json' }
      expect((await send({ method, path, headers, body: text })).status).toBe(
        path.endsWith('tags') ? 201 : status,
      )
    }
    expect(await state()).not.toBe(before)
  })

  it('is not changed by methods that it does not take, and says which ones it takes', async () => {
    const byPath = Map.groupBy(restRoutes, ({ path }) => path)
    for (const [path, routes] of byPath) {
      const taken = routes.map(({ method }): string => method)
      if (taken.includes('GET')) taken.push('HEAD')
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        if (taken.includes(method)) continue
        const headers = { authorization: `Bearer ${secrets.admin}` }
        const asked = { method, path: path.replace(/:\w+\*?/g, 'x'), headers }
        const { status, headers: replied } = await send(asked)
        expect([status, replied.allow], `${method} ${path}`).toEqual([405, taken.toSorted().join(', ')])
      }
    }
  })

  it('is served under a path of its own, and nowhere else', async () => {
    for (const path of [
      '/api/v1/../v1/version',
      '/api/v1/version/',
      '/API/V1/version',
      '//api/v1/version',
      '/api/v1/%2e%2e/v1/version',
    ]) {
      const { status } = await asked(path)
      expect([404, 400], path).toContain(status)
    }
  })
})
