import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createProviders,
  type ProvidersOptions,
} from '../../../../../daemon/domains/upstream/providers/index.ts'
import type { UpstreamQuery, UpstreamSource } from '../../../../../daemon/domains/upstream/source.ts'
import { quickNet, serve, stillClock } from '../../../../support/loopback.ts'

type Document = { 'dist-tags': Record<string, string>; versions: Record<string, unknown> }

/** A registry with the shapes of npm's. */
async function registryOf(packages: Record<string, Document | string>) {
  return serve((request, response) => {
    const name = decodeURIComponent(request.url?.slice(1) ?? '')
    const found = packages[name]
    if (found === undefined) return void response.writeHead(404).end('{"error":"Not found"}')
    const body =
      typeof found === 'string' ? found : JSON.stringify({ name, ...found, modified: '2026-01-01' })
    const etag = `"${createHash('md5').update(body).digest('hex')}"`
    const isSame = request.headers['if-none-match'] === etag
    response.writeHead(isSame ? 304 : 200, { etag, 'content-type': 'application/vnd.npm.install-v1+json' })
    response.end(isSame ? undefined : body)
  })
}

const published = (latest: string | null, ...versions: string[]): Document => ({
  'dist-tags': latest === null ? {} : { latest },
  versions: Object.fromEntries(versions.map((version) => [version, { name: 'x', version }])),
})

const signal = new AbortController().signal
const queryOf = (
  source: Partial<Extract<UpstreamSource, { kind: 'npm' }>>,
  more: Partial<UpstreamQuery> = {},
) => ({
  source: { kind: 'npm' as const, name: 'tool', registry: null, ...source },
  paths: [''],
  bases: [],
  validator: null,
  ...more,
})

function providersWith(options: Partial<ProvidersOptions>) {
  const clock = stillClock()
  const net = quickNet(clock)
  return createProviders({ net, home: '/', tempDir: '/', now: clock.now, env: {}, ...options })
}

describe('a package of npm', () => {
  it.each([
    ['the tag latest', published('1.9.0', '1.0.0', '1.9.0', '1.10.0', '2.0.0-beta.1'), '1.9.0'],
    ['else the highest stable one', published(null, '1.9.0', '1.10.0', '2.0.0-beta.1'), '1.10.0'],
    ['a tag that leads nowhere counts as none', published('9.9.9', '1.0.0'), '1.0.0'],
    ['else the highest pre-release', published(null, '1.0.0-beta.2', '1.0.0-beta.11'), '1.0.0-beta.11'],
    ['else nothing', published(null), null],
  ])('has a newest version: %s', async (_, document, version) => {
    const { origin: npmRegistry } = await registryOf({ tool: document })
    expect(await providersWith({ npmRegistry }).ask(queryOf({}), signal)).toEqual({
      kind: 'answer',
      version,
      revision: null,
      validator: expect.stringMatching(/^"/),
      items: [{ path: '', digest: null, version }],
      bases: [],
    })
  })

  it('is asked for the short document, and scoped ones by their whole name', async () => {
    const registry = await registryOf({ '@scope/tool': published('1.0.0', '1.0.0') })
    const providers = providersWith({ npmRegistry: registry.origin })
    expect(await providers.ask(queryOf({ name: '@scope/tool' }), signal)).toMatchObject({ version: '1.0.0' })
    expect(registry.heard).toMatchObject([
      {
        path: '/@scope%2Ftool',
        headers: { accept: expect.stringMatching(/^application\/vnd\.npm\.install-v1\+json/) },
      },
    ])
  })

  it('costs nothing but a 304 when nothing changed', async () => {
    const packages = { tool: published('1.0.0', '1.0.0') }
    const providers = providersWith({ npmRegistry: (await registryOf(packages)).origin })
    const first = await providers.ask(queryOf({}), signal)
    const again = queryOf({}, { validator: first.kind === 'answer' ? first.validator : null })
    expect(await providers.ask(again, signal)).toEqual({ kind: 'unchanged' })
    packages.tool = published('1.0.1', '1.0.0', '1.0.1')
    expect(await providers.ask(again, signal)).toMatchObject({ version: '1.0.1' })
    expect(providers.requests).toBe(3)
  })

  it('knows which versions there were', async () => {
    const { origin: npmRegistry } = await registryOf({ tool: published('2.0.0', '1.0.0', '2.0.0') })
    const bases = ['1.0.0', '1.5.0', 'toString'].map((revision) => ({ revision, paths: [''] }))
    const answer = await providersWith({ npmRegistry }).ask(queryOf({}, { bases }), signal)
    expect(answer).toMatchObject({
      bases: [
        { items: [{ path: '', version: '1.0.0' }] },
        { items: [{ path: '', version: null }] },
        { items: [{ path: '', version: null }] },
      ],
    })
  })

  it('is looked for in the registry it came from', async () => {
    const own = await registryOf({ tool: published('3.0.0', '3.0.0') })
    const providers = providersWith({ npmRegistry: 'http://127.0.0.1:1' })
    for (const registry of [own.origin, `${own.origin}/`])
      expect(await providers.ask(queryOf({ registry }), signal)).toMatchObject({ version: '3.0.0' })
    expect(own.heard.map(({ path }) => path)).toEqual(['/tool', '/tool'])
  })

  it.each([
    ['not_found', 'none', {}],
    ['bad_answer', 'tool', { tool: '<html>' }],
    ['bad_answer', 'tool', { tool: '{}' }],
    ['bad_answer', 'tool', { tool: '[]' }],
    ['unsupported', '../x', {}],
    ['unsupported', '-x y', {}],
    ['unsupported', '@a', {}],
    ['unsupported', '', {}],
  ] as Array<[string, string, Record<string, string>]>)('%s: "%s" of %j', async (reason, name, packages) => {
    const { origin: npmRegistry } = await registryOf(packages)
    await expect(providersWith({ npmRegistry }).ask(queryOf({ name }), signal)).rejects.toMatchObject({
      reason,
    })
  })

  it('bad_answer: its registry is no address', async () => {
    const failed = providersWith({}).ask(queryOf({ registry: 'file:///etc' }), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'bad_answer' })
  })
})
