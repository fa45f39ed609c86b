/** What all routes of the REST interface have in common. */
import { describe, expect, it } from 'vitest'
import { RestError } from '../../../../protocol/openapi.ts'
import { useRestLab } from '../../../support/rest-lab.ts'
import { skill } from '../../../support/test-daemon.ts'

const start = useRestLab()

describe('a cached route (CACHE-3.1a, CACHE-3.1b, CACHE-3.1d)', () => {
  it('reads the disk when the cache is empty, answers, and says so; from then on the cache answers', async () => {
    const lab = await start()
    const first = await lab.json('/api/v1/projects')
    expect(first.body.items).toHaveLength(5)
    expect(first.headers['x-cache-hit']).toBe('miss')
    expect(first.body.items[0].cache_info.cache_hit).toBe(false)
    const second = await lab.json('/api/v1/projects')
    expect(second.headers['x-cache-hit']).toBe('hit')
    expect(second.headers['x-cache-last-fetched']).toBe(second.body.last_fetched)
    expect(second.body.items[0].cache_info.cache_hit).toBe(true)
    expect(second.body.items.map((item: { id: string }) => item.id)).toEqual(
      first.body.items.map((item: { id: string }) => item.id),
    )
    await lab.daemon.call('cache.clear', {})
    expect((await lab.json('/api/v1/cache/artifacts')).headers['x-cache-hit']).toBe('miss')
    expect((await lab.json('/api/v1/cache/artifacts')).body.total).toBeGreaterThan(20)
  })

  it.each(['force_refresh=true', 'refresh=true', 'force_refresh=1'])(
    'goes round the cache with %s',
    async (force) => {
      const lab = await start()
      await lab.json('/api/v1/projects')
      lab.daemon.write('projects/webshop/.claude/skills/fresh-one/SKILL.md', skill('fresh-one'))
      lab.daemon.clock.now += 1_000
      const names = async (query: string) => {
        const { headers, body } = await lab.json(`/api/v1/cache/artifacts?limit=500&${query}`, 'write')
        return { hit: headers['x-cache-hit'], names: body.items.map((item: { name: string }) => item.name) }
      }
      const cached = await names('force_refresh=false')
      expect(cached.hit).toBe('hit')
      expect(cached.names).not.toContain('fresh-one')
      const forced = await names(force)
      expect(forced.hit).toBe('miss')
      expect(forced.names).toContain('fresh-one')
    },
  )

  it('lets nobody read the disk anew who may only look (S5)', async () => {
    const lab = await start()
    await lab.json('/api/v1/projects')
    const before = (await lab.json('/api/v1/cache/status')).body.last_refresh
    lab.daemon.clock.now += 60_000
    const answer = await lab.json('/api/v1/projects?force_refresh=true')
    expect(answer).toMatchObject({ status: 403, body: { error: 'auth.scope', code: 'PERMISSION_DENIED' } })
    expect((await lab.json('/api/v1/cache/status')).body.last_refresh).toBe(before)
  })

  it('reads only one project again where the question is about one', async () => {
    const lab = await start()
    await lab.json('/api/v1/projects')
    lab.daemon.write('projects/webshop/.claude/skills/in-shop/SKILL.md', skill('in-shop'))
    lab.daemon.write('projects/notes/.claude/skills/in-notes/SKILL.md', skill('in-notes'))
    const shop = await lab.json('/api/v1/projects/webshop?force_refresh=true', 'write')
    const names = shop.body.deployments.map((each: { artifact_name: string }) => each.artifact_name)
    expect(names).toContain('in-shop')
    expect((await lab.json('/api/v1/cache/search?query=in-notes')).body.items).toEqual([])
  })
})

describe('a request that is not valid (CACHE-2.4e)', () => {
  it.each([
    ['/api/v1/cache/projects?limit=0', 'query.limit'],
    ['/api/v1/cache/projects?limit=501', 'query.limit'],
    ['/api/v1/cache/projects?limit=ten', 'query.limit'],
    ['/api/v1/cache/projects?limit=1e2', 'query.limit'],
    ['/api/v1/cache/projects?limit=', 'query.limit'],
    ['/api/v1/cache/projects?skip=-1', 'query.skip'],
    ['/api/v1/cache/projects?status=lost', 'query.status'],
    ['/api/v1/cache/artifacts?type=gadget', 'query.type'],
    ['/api/v1/cache/artifacts?is_outdated=maybe', 'query.is_outdated'],
    ['/api/v1/cache/stale-artifacts?sort_by=age', 'query.sort_by'],
    ['/api/v1/cache/stale-artifacts?sort_order=up', 'query.sort_order'],
    ['/api/v1/cache/search', 'query.query'],
    ['/api/v1/cache/search?query=', 'query.query'],
    ['/api/v1/cache/search?query=a&limit=201', 'query.limit'],
    ['/api/v1/projects?limit=101', 'query.limit'],
    ['/api/v1/projects?force_refresh=perhaps', 'query.force_refresh'],
  ])('%s is a 422 that names %s', async (path, field) => {
    const lab = await start({ prepare: () => undefined })
    const { status, body } = await lab.json(path)
    expect(status).toBe(422)
    expect(RestError().parse(body)).toEqual(body)
    expect(body).toMatchObject({ error: 'http.invalid', code: 'VALIDATION_FAILED' })
    expect(body.validation_errors).toEqual([{ field, message: expect.stringMatching(/\S/) }])
  })

  it('names every part that is wrong', async () => {
    const lab = await start({ prepare: () => undefined })
    const { body } = await lab.json('/api/v1/cache/stale-artifacts?limit=0&sort_by=x')
    expect(body.validation_errors.map(({ field }: { field: string }) => field)).toEqual([
      'query.limit',
      'query.sort_by',
    ])
  })

  it.each([
    ['no JSON', '{', 'application/json', 'body'],
    ['a list', '[]', 'application/json', 'body'],
    ['a number as project', '{"project_id":7}', 'application/json', 'body.project_id'],
    ['a text as switch', '{"force":"yes"}', 'application/json', 'body.force'],
    ['another type of content', '{}', 'text/plain', 'content-type'],
    ['no type of content', '{}', undefined, 'content-type'],
  ])('%s in a body is a 422', async (_, body, type, field) => {
    const lab = await start({ prepare: () => undefined })
    const answer = await lab.json('/api/v1/cache/refresh', 'write', {
      method: 'POST',
      headers: type === undefined ? {} : { 'content-type': type },
      body,
    })
    expect(answer.status).toBe(422)
    expect(answer.body.validation_errors).toEqual([{ field, message: expect.stringMatching(/\S/) }])
  })

  it('ignores parameters that it does not know, and takes the first of those that come twice', async () => {
    const lab = await start()
    const { status, body } = await lab.json('/api/v1/cache/projects?weather=fine&limit=2&limit=900')
    expect(status).toBe(200)
    expect(body).toMatchObject({ limit: 2, total: 5 })
  })

  it('needs no body where nothing must be said', async () => {
    const lab = await start()
    const answer = await lab.json('/api/v1/cache/invalidate', 'write', { method: 'POST' })
    expect(answer).toMatchObject({ status: 200, body: { success: true } })
  })
})

describe('a failure', () => {
  it.each([
    ['/api/v1/projects/none', 404, 'project.not_found', 'NOT_FOUND'],
    ['/api/v1/nothing', 404, 'http.not_found', 'NOT_FOUND'],
    ['/api/v1/cache/refresh', 405, 'http.method', undefined],
    ['/api/v1/projects?after=x', 400, 'page.bad_cursor', 'VALIDATION_FAILED'],
  ])('%s is a %i %s, in the one shape', async (path, status, slug, code) => {
    const lab = await start()
    const answer = await lab.json(path)
    expect(RestError().parse(answer.body)).toEqual(answer.body)
    expect([answer.status, answer.body.error, answer.body.code]).toEqual([status, slug, code])
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  it('of two projects of one name is a 409 with both paths', async () => {
    const lab = await start({
      prepare({ write }) {
        for (const folder of ['a', 'b']) write(`src/${folder}/twin/.claude/skills/x/SKILL.md`, skill('x'))
      },
    })
    const { status, body } = await lab.json('/api/v1/projects/twin')
    expect([status, body.error, body.code]).toEqual([409, 'project.ambiguous', 'CONFLICT'])
    expect(body.details.candidates).toHaveLength(2)
  })

  it('of the daemon itself says neither what went wrong nor where the log lies (S8)', async () => {
    const lab = await start()
    await lab.json('/api/v1/projects')
    lab.daemon.ctx.db.exec('DROP TABLE projects')
    const { status, body } = await lab.json('/api/v1/projects')
    expect([status, body.error, body.code]).toEqual([500, 'internal', 'INTERNAL_ERROR'])
    expect(JSON.stringify(body)).not.toMatch(/SELECT|no such table|\/tmp|\.smd|at .*\.ts/)
    expect(lab.daemon.log).toContainEqual(
      expect.objectContaining({ level: 'error', reference: body.details.reference }),
    )
  })

  it('while the daemon ends is a 503, also for those who ask whether it is ready', async () => {
    const lab = await start()
    expect((await lab.json('/health/ready', null)).status).toBe(200)
    lab.gate.close()
    expect(await lab.json('/health/ready', null)).toMatchObject({
      status: 503,
      body: { error: 'daemon.stopping' },
    })
  })
})

describe('GET', () => {
  it('is answered with 304 to whoever has the same already, and HEAD without a body', async () => {
    const lab = await start()
    await lab.json('/api/v1/cache/artifacts')
    const full = await lab.ask('/api/v1/cache/artifacts')
    const etag = String(full.headers.etag)
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const again = await lab.ask('/api/v1/cache/artifacts', 'read', { headers: { 'if-none-match': etag } })
    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', etag])
    lab.daemon.write('projects/webshop/.claude/skills/another/SKILL.md', skill('another'))
    await lab.post('/api/v1/cache/refresh', { force: true })
    const changed = await lab.ask('/api/v1/cache/artifacts', 'read', { headers: { 'if-none-match': etag } })
    expect(changed.status).toBe(200)
    const head = await lab.ask('/api/v1/cache/artifacts', 'read', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.headers['content-length']).toBe(`${Buffer.byteLength(changed.body)}`)
  })

  it('tells everybody the description of the interface, and no one else’s site', async () => {
    const lab = await start({ prepare: () => undefined })
    const { status, body, headers } = await lab.json('/api/openapi.json', null)
    expect(status).toBe(200)
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})
