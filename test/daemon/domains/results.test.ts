import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../client-cli/demo/sample-home.ts'
import { nameMoment } from '../../../daemon/domains/collections/work/snapshots/snapshot-file.ts'
import { helloParams } from '../../../protocol/client.ts'
import { type MethodName, methods } from '../../../protocol/methods.ts'
import { type TestDaemon, useTestDaemon } from '../../support/test-daemon.ts'

const start = useTestDaemon()
const startSample = () => start({ prepare: ({ home }) => void writeSampleHome(home) })

/** Parameters for every method, in an order that works; more than one set where the result has several shapes. */
const calls = (
  daemon: TestDaemon,
  id: string,
  snapshot = nameMoment(daemon.clock.now, 0).id,
): { [Name in MethodName]: object[] } => ({
  'daemon.hello': [helloParams('test/1')],
  'daemon.status': [{}],
  'daemon.metrics': [{}],
  'logs.read': [{}, { level: 'error', request: 'none', limit: 1 }],
  'logs.follow': [{}],
  'rpc.discover': [{}],
  'config.list': [{}],
  'config.get': [{ key: 'cache.ttl_minutes' }, { key: 'projects.include' }],
  'config.set': [{ key: 'log.level', value: 'warn' }],
  'config.unset': [{ key: 'log.level' }],
  'projects.list': [{}, { limit: 1 }, { status: 'missing' }],
  'projects.show': [{ project: 'webshop' }, { project: 'data-pipeline' }, { project: 'old-prototype' }],
  'projects.effective': [{ project: 'webshop' }, { project: 'mobile-app', type: 'mcp' }],
  'artifacts.list': [{}, { limit: 3, sort: 'updated' }, { type: 'mcp' }, { limit: 10_000 }, { tag: 'none' }],
  'artifacts.table': [
    {},
    { limit: 2 },
    { sort: 'state', descending: true, offset: 3, limit: 5 },
    { query: 'review', problems: false, limit: 500 },
  ],
  'artifacts.facets': [{}, { type: 'skill', project: 'webshop', query: 'review' }, { host: 'none' }],
  'artifacts.matrix': [{}, { type: 'skill', query: 'review', atLeast: 2 }, { query: 'no such words' }],
  'artifacts.files': [{ id }],
  'artifacts.file': [{ id, path: 'SKILL.md' }],
  'artifacts.search': [{ query: 'review' }, { query: 'revew' }, { query: 'no such words' }],
  'artifacts.complete': [{ prefix: 'co' }, { prefix: '' }],
  'artifacts.get': [{ id }],
  'artifacts.show': [
    { name: 'code-review', scope: 'project' },
    { name: 'postgres' },
    { name: 'PreToolUse:Bash#1' },
  ],
  'artifacts.where': [{ name: 'code-review' }, { name: 'CLAUDE.md', limit: 1 }],
  'artifacts.outdated': [
    {},
    { states: ['current', 'outdated', 'modified', 'diverged', 'untracked', 'unknown'], sort: 'state' },
    { states: ['unknown'], limit: 1 },
  ],
  'artifacts.diff': [{ id, against: id }],
  'contents.search': [
    { query: 'review', excerpts: true },
    { query: 'code', type: 'skill', limit: 1 },
  ],
  'contents.similar': [{ name: 'code-review', project: 'webshop', min: 0 }],
  'contents.duplicates': [{}, { threshold: 1, limit: 1 }],
  'artifacts.validate': [{ path: `${daemon.home}/projects/webshop`, profile: 'portable' }],
  'sets.save': [{ name: 'base', artifacts: ['api-errors'] }],
  'sets.list': [{}],
  'deployments.plan': [{ sets: ['base'], projects: ['notes'], allProfiles: true }],
  'deployments.deploy': [{ artifacts: [{ name: 'api-errors' }], projects: ['notes'] }],
  'deployments.operations': [{}],
  'deployments.list': [{}, { project: 'webshop' }, { state: 'untracked', limit: 3 }],
  'deployments.undeploy': [{ artifacts: [{ name: 'api-errors' }], projects: ['notes'] }],
  'deployments.undo': [{ dryRun: true }, {}],
  'profiles.list': [{}, { project: 'notes' }],
  'sets.delete': [{ name: 'base' }],
  'cache.status': [{}],
  'cache.check': [{}, { maxAgeMs: 0 }],
  'cache.sync': [{}, { background: true }],
  'cache.refresh': [
    {},
    { force: true },
    { force: true, background: true },
    { project: 'notes', force: true },
  ],
  'cache.invalidate': [{ project: 'notes' }, {}],
  'marketplace.list': [{}, { limit: 1 }, { type: 'none' }],
  'events.history': [{}, { project: 'webshop' }, { topic: 'artifacts.changed', limit: 1 }],
  'events.activity': [{}, { days: 1, utcOffset: -300, project: 'webshop' }],
  'events.subscribe': [{}],
  'projects.add': [{ path: `${daemon.home}/projects/notes` }],
  'projects.remove': [{ project: 'notes' }],
  'cache.clear': [{}],
  'backup.create': [{}],
  'backup.list': [{}],
  'jobs.list': [{}],
  'jobs.run': [{ name: 'maintenance' }, { name: 'discover', background: true }],
  'jobs.pause': [{ name: 'backup' }],
  'jobs.resume': [{ name: 'backup' }],
  'jobs.history': [{}, { job: 'maintenance', limit: 1 }],
  // Needs a cache in a file: test/daemon/domains/backup/backups.test.ts.
  'backup.restore': [],
  'upstream.sources': [{}, { limit: 1 }],
  'upstream.check': [{}, { background: true }],
  'web.status': [{}],
  // Needs the page to be served: test/daemon/domains/web.
  'web.link': [],
  'web.signout': [{}],
  'tokens.create': [{ name: 'ci' }, { name: 'endless', scope: 'admin', days: 0 }],
  'tokens.list': [{}],
  'tokens.revoke': [{ token: 'ci' }],
  'collections.list': [{}],
  'cleanup.find': [{}, { kinds: ['broken-link'] }],
  'cleanup.remove': [{}, { kinds: ['old-cache'] }],
  'snapshots.list': [{}, { limit: 1 }],
  'snapshots.create': [{}, { message: 'before cleanup' }],
  'snapshots.show': [{ id: snapshot }],
  'snapshots.analyze': [{ id: snapshot }, { id: snapshot, keepChanges: true }],
  'snapshots.compare': [{ id: snapshot }],
  'snapshots.rollback': [{ id: snapshot }, { id: snapshot, paths: ['collection.toml'] }],
  'snapshots.export': [{ id: snapshot }],
  'snapshots.delete': [{ id: snapshot }],
  'tags.create': [{ name: 'Web tools', color: '#112233' }],
  'tags.update': [{ tag: 'web-tools', name: 'Web', color: null }],
  'tags.assign': [{ artifacts: ['skill:code-review'], add: ['Web', 'fresh'] }],
  'tags.list': [{}],
  'tags.delete': [{ tag: 'fresh' }],
  'groups.create': [{ name: 'Reviews', members: ['skill:code-review'] }],
  'groups.update': [{ name: 'Reviews', color: '#112233', position: 0 }],
  'groups.copy': [{ name: 'Reviews', newName: 'More' }],
  'groups.reorder': [{ names: ['More'] }],
  'groups.assign': [{ name: 'More', remove: ['code-review'] }],
  'groups.order': [{ name: 'Reviews', members: ['code-review'] }],
  'groups.list': [{}, { collection: 'default', search: 'rev', artifact: 'code-review' }],
  'groups.show': [{ name: 'Reviews' }],
  'groups.delete': [{ name: 'More' }],
  'analytics.summary': [{}],
  'analytics.top': [{}, { metric: 'recent', type: 'skill', limit: 1 }],
  'analytics.trends': [{}, { period: 'month', days: 60 }],
  'analytics.events': [{}, { event: 'deploy', name: 'none', limit: 1 }],
  'analytics.unused': [{}, { days: 1, type: 'skill', limit: 1 }],
  // Only for who wants it: test/daemon/domains/analytics.
  'analytics.count': [],
  'analytics.clear': [{}, { olderThanDays: 1 }],
  'collections.init': [{}, { name: 'default' }],
  'collections.create': [{ name: 'spare' }],
  'collections.use': [{ name: 'spare' }, { name: 'default' }],
  'collections.show': [{}, { check: true }, { name: 'spare' }],
  'collections.verify': [
    { spec: `${daemon.home}/projects/webshop/.claude/skills/code-review`, type: 'skill' },
    { spec: `${daemon.home}/projects/webshop`, type: 'skill' },
  ],
  'collections.add': [
    { spec: `${daemon.home}/projects/webshop/.claude/skills/code-review`, collection: 'spare' },
  ],
  'collections.adopt': [
    { project: 'webshop', dryRun: true },
    { project: 'mobile-app', collection: 'spare' },
  ],
  'collections.consolidate': [{ dryRun: true }, { min: 1 }],
  'collections.refresh': [{ dryRun: true }, {}, { name: 'spare' }],
  'collections.rollback': [{ dryRun: true }, {}],
  'collections.edit': [
    { name: 'code-review', type: 'skill', file: 'notes.md', content: 'Notes.\n' },
    { name: 'code-review', file: 'notes.md', content: null },
  ],
  'collections.remove': [
    { name: 'code-review', collection: 'spare', dryRun: true },
    { name: 'code-review', type: 'skill', collection: 'spare' },
  ],
  'collections.delete': [{ name: 'spare', dryRun: true }, { name: 'spare' }],
  'collections.update': [{ dryRun: true }, {}],
  'diff.paths': [{ left: `${daemon.home}/projects/webshop`, right: `${daemon.home}/projects/mobile-app` }],
  'diff.merge': [
    {
      base: `${daemon.home}/projects/webshop`,
      local: `${daemon.home}/projects/mobile-app`,
      remote: `${daemon.home}/projects/webshop`,
    },
  ],
  'sync.check': [{ project: 'webshop' }],
  'sync.preview': [
    { project: 'webshop', direction: 'pull' },
    { project: 'webshop', direction: 'push', strategy: 'overwrite' },
  ],
  'sync.pull': [{ project: 'webshop', dryRun: true }, { project: 'webshop' }],
  'sync.push': [
    { dryRun: true, strategy: 'overwrite' },
    { projects: ['webshop'], strategy: 'overwrite' },
  ],
  'daemon.stop': [{}],
})

describe('every method (CACHE-1.3a, CACHE-1.3d)', () => {
  it('answers what its schema says: every field there, no other field', async () => {
    const daemon = await startSample()
    daemon.ctx.web.served('http://127.0.0.1:7463/', null)
    mkdirSync(daemon.ctx.paths.runtimeDir, { recursive: true })
    const { items } = await daemon.call('artifacts.list', {})
    const sets = Object.entries(calls(daemon, items[0]?.id ?? '')) as Array<[MethodName, object[]]>
    expect(sets.map(([name]) => name).sort()).toEqual(Object.keys(methods).sort())
    for (const [name, list] of sets) {
      for (const params of list) {
        const result: unknown = await daemon.call(name, params as never)
        const parsed = methods[name].result.safeParse(result)
        expect(parsed.error?.message, `${name} ${JSON.stringify(params)}`).toBeUndefined()
        // Parsing leaves unknown fields out, so a difference is a field the schema does not name.
        expect(parsed.data, name).toEqual(result)
      }
    }
    expect(daemon.log.filter((line) => line.level === 'error')).toEqual([])
  })

  it('names every failure it reports', async () => {
    const daemon = await startSample()
    const id = (await daemon.call('artifacts.list', {})).items[0]?.id ?? ''
    const fails: Array<[MethodName, object]> = [
      ['artifacts.list', { cursor: 'x' }],
      ['artifacts.list', { project: 'none' }],
      ['artifacts.table', { cursor: 'x' }],
      ['artifacts.table', { cursor: 'x', sort: 'size' }],
      ['artifacts.table', { project: 'none', sort: 'size' }],
      ['artifacts.facets', { project: 'none' }],
      ['artifacts.files', { id: 'art_0000000000000000' }],
      ['artifacts.file', { id: 'art_0000000000000000', path: 'a' }],
      ['artifacts.file', { id, path: '../a' }],
      ['projects.effective', { project: 'none' }],
      ['events.activity', { project: 'none' }],
      ['artifacts.search', { query: 'a', project: 'none' }],
      ['artifacts.get', { id: 'art_0000000000000000' }],
      ['artifacts.diff', { id: 'art_0000000000000000' }],
      ['artifacts.show', { name: 'none' }],
      ['artifacts.show', { name: 'code-review', project: 'none' }],
      ['artifacts.where', { name: 'none' }],
      ['artifacts.where', { name: 'CLAUDE.md', cursor: 'x' }],
      ['contents.search', { query: 'a', project: 'none' }],
      ['contents.similar', { name: 'none' }],
      ['contents.similar', { name: 'postgres' }],
      ['artifacts.validate', { path: '/no/such/path' }],
      ['cache.refresh', { project: 'none' }],
      ['deployments.plan', { projects: ['webshop'] }],
      ['deployments.deploy', { artifacts: [{ name: 'none' }], projects: ['webshop'] }],
      ['deployments.undeploy', { artifacts: [{ name: 'none' }], projects: ['webshop'] }],
      ['deployments.undo', { operation: 'none' }],
      ['deployments.list', { project: 'none' }],
      ['profiles.list', { platformDefaults: '{' }],
      ['profiles.list', { project: 'none' }],
      ['sets.list', { collection: 'none' }],
      ['sets.save', { name: 'x', artifacts: ['none'] }],
      ['sets.delete', { name: 'none' }],
      ['cache.invalidate', { project: 'none' }],
      ['events.history', { cursor: 'x' }],
      ['events.history', { project: 'none' }],
      ['projects.list', { cursor: 'x' }],
      ['projects.show', { project: 'none' }],
      ['projects.add', { path: '/no/such/folder' }],
      ['projects.add', { path: daemon.home }],
      ['projects.remove', { project: 'none' }],
      ['marketplace.list', { cursor: 'x' }],
      ['backup.restore', { name: 'none' }],
      ['web.link', {}],
      ['jobs.run', { name: 'none' }],
      ['jobs.pause', { name: 'none' }],
      ['jobs.resume', { name: 'none' }],
      ['jobs.history', { job: 'none' }],
      ['jobs.history', { cursor: 'x' }],
      ['tokens.revoke', { token: 'none' }],
      ['config.get', { key: 'none' }],
      ['config.set', { key: 'none', value: '1' }],
      ['config.set', { key: 'cache.ttl_minutes', value: 'soon' }],
      ['config.unset', { key: 'none' }],
      ['daemon.hello', { client: 'new', protocol: { min: 99, max: 99 } }],
    ]
    for (const [name, params] of fails) {
      const error = await daemon.call(name, params as never).then(
        () => null,
        (raised) => raised,
      )
      expect(methods[name].errors, `${name} ${JSON.stringify(params)}: ${error}`).toContain(error?.slug)
    }
  })
})
