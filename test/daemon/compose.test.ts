import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import { type ComposedDaemon, composeDaemon } from '../../daemon/compose.ts'
import { versionedFile } from '../../daemon/kernel/db/migration-copy.ts'
import { openForWriting } from '../../daemon/kernel/db/open.ts'
import { migrations } from '../../migrations/index.ts'
import { damageTable } from '../support/damage.ts'
import { skill, type TestHome, useTestHome } from '../support/test-daemon.ts'

const makeHome = useTestHome()
const running: ComposedDaemon[] = []
afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.close()
})

const shop = ({ write }: TestHome): void => {
  for (const name of ['a', 'b', 'c']) write(`projects/shop/.claude/skills/${name}/SKILL.md`, skill(name))
}
async function start(home: TestHome): Promise<ComposedDaemon> {
  const daemon = await composeDaemon(home.around)
  running.push(daemon)
  return daemon
}
async function stop(daemon: ComposedDaemon): Promise<void> {
  running.splice(running.indexOf(daemon), 1)
  await daemon.close()
}
const skills = async ({ dispatcher }: ComposedDaemon): Promise<string[]> =>
  (await dispatcher.call('artifacts.list', { type: 'skill' })).items.map((item) => item.name)
const codes = ({ ctx }: ComposedDaemon): string[] => ctx.health.warnings.map((warning) => warning.code)
const filled = async (home: TestHome): Promise<void> => {
  const daemon = await start(home)
  await daemon.dispatcher.call('cache.refresh', { force: true })
  await stop(daemon)
}
const asideIn = (home: TestHome): string[] =>
  readdirSync(dirname(home.around.paths.cacheDb)).filter((name) => /^cache\.db\.[a-z]+-\w+$/.test(name))

describe('composeDaemon', () => {
  it('creates the cache, fills it with the first read, and has it again after a restart', async () => {
    const home = makeHome({ prepare: shop })
    const first = await start(home)
    expect(await skills(first)).toEqual(['a', 'b', 'c'])
    await stop(first)
    const second = await start(home)
    expect(await skills(second)).toEqual(['a', 'b', 'c'])
    expect(home.log.filter((line) => line.message === 'refresh started')).toHaveLength(1)
    expect(await second.dispatcher.call('daemon.status', {})).toMatchObject({
      artifacts: 3,
      cache: { storage: 'file', path: home.around.paths.cacheDb },
      health: { state: 'ok', warnings: [] },
    })
    await second.check()
    expect(codes(second)).toEqual([])
  })

  it('puts the cache where the setting says (CACHE-2.1h)', async () => {
    const home = makeHome({ prepare: shop })
    const file = join(home.home, 'elsewhere', 'my.db')
    home.write('.smd/config/config.toml', `[cache]\npath = "${file}"\n`)
    const daemon = await start(home)
    expect(await skills(daemon)).toHaveLength(3)
    expect(existsSync(file)).toBe(true)
    expect(existsSync(home.around.paths.cacheDb)).toBe(false)
  })

  it('serves with the defaults when config.toml is broken, and names file, line and key', async () => {
    const home = makeHome({ prepare: shop })
    home.write('.smd/config/config.toml', '[cache]\nttl_minutes = "soon"\nttl_minute = 5\n')
    const daemon = await start(home)
    expect(await skills(daemon)).toHaveLength(3)
    const status = await daemon.dispatcher.call('daemon.status', {})
    expect(status.health).toMatchObject({
      state: 'failing',
      warnings: [
        {
          code: 'config.invalid',
          text: expect.stringMatching(/config\.toml:2: cache\.ttl_minutes is .*expected/),
        },
        { code: 'config.unknown_key', text: expect.stringMatching(/config\.toml:3: .*ttl_minute/) },
      ],
    })
    expect(daemon.ctx.settings.current.cache.ttl_minutes).toBe(360)
  })

  it('serves when config.toml is no TOML at all', async () => {
    const home = makeHome({ prepare: shop })
    home.write('.smd/config/config.toml', 'this is = = not toml')
    const daemon = await start(home)
    expect(await skills(daemon)).toHaveLength(3)
    expect(codes(daemon)).toEqual(['config.invalid'])
  })

  it('serves from memory when the data folder cannot be made, says so, and leaves nothing behind', async () => {
    const home = makeHome({ prepare: shop })
    home.write('.smd/data', 'in the way')
    const daemon = await start(home)
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    const status = await daemon.dispatcher.call('daemon.status', {})
    expect(status).toMatchObject({
      cache: { storage: 'memory' },
      health: { state: 'degraded', warnings: [{ code: 'cache.memory' }] },
    })
    expect(existsSync(status.cache.path)).toBe(true)
    await stop(daemon)
    expect(existsSync(dirname(status.cache.path))).toBe(false)
  })
})

describe('a cache file that cannot be used (D2-D4)', () => {
  it.each([
    ['corrupt', (file: string) => writeFileSync(file, 'garbage'.repeat(1_000))],
    [
      'foreign',
      (file: string) => {
        rmSync(file)
        new Sqlite(file).exec('CREATE TABLE theirs (a)').close()
      },
    ],
  ])('%s is set aside, rebuilt, and said once', async (problem, spoil) => {
    const home = makeHome({ prepare: shop })
    await filled(home)
    for (const suffix of ['-wal', '-shm']) rmSync(home.around.paths.cacheDb + suffix, { force: true })
    spoil(home.around.paths.cacheDb)
    const daemon = await start(home)
    expect(codes(daemon)).toEqual(['cache.rebuilt'])
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(asideIn(home)).toEqual([expect.stringContaining(`cache.db.${problem}-`)])
    await stop(daemon)
    expect(codes(await start(home))).toEqual([])
  })
})

describe('a cache file of a newer smd (D4, ADR 0012)', () => {
  it('is left alone; another one beside it serves, and status says what to do', async () => {
    const home = makeHome({ prepare: shop })
    await filled(home)
    const file = home.around.paths.cacheDb
    const db = openForWriting(file)
    db.pragma('user_version = 99')
    db.close()
    const before = readFileSync(file)
    const daemon = await start(home)
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    const { cache, health } = await daemon.dispatcher.call('daemon.status', {})
    const beside = versionedFile(file, migrations.length)
    expect(cache).toMatchObject({ storage: 'file', path: beside })
    expect(health.warnings).toMatchObject([
      {
        code: 'cache.newer',
        severity: 'warning',
        text: expect.stringContaining(
          `has schema 99 of a newer smd, and this one knows ${migrations.length}.`,
        ),
        fix: expect.stringMatching(/^Update smd/),
      },
    ])
    await stop(daemon)
    expect(readFileSync(file).equals(before)).toBe(true)
    const next = await start(home)
    expect(await next.dispatcher.call('artifacts.list', {})).toMatchObject({ total: 3 })
    expect(next.ctx.refresher.filled).toBe(true)
  })
})

describe('damage in the middle of the file (CACHE-2.1g, D3)', () => {
  it('is found by the check after the start; the cache is set aside and filled anew', async () => {
    const home = makeHome({ prepare: shop })
    await filled(home)
    damageTable(home.around.paths.cacheDb, 'marketplace')
    const daemon = await start(home)
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    await daemon.check()
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(codes(daemon)).toEqual(['cache.rebuilt'])
    expect(asideIn(home)).toHaveLength(1)
    await daemon.check()
    await stop(daemon)
    const next = await start(home)
    await next.check()
    expect(codes(next)).toEqual([])
    expect(asideIn(home)).toHaveLength(1)
  })

  it.each([
    ['artifacts', 'artifacts.list'],
    ['projects', 'projects.list'],
    ['descriptions', 'artifacts.list'],
  ] as const)('of %s is found by a read, which is answered all the same', async (table, method) => {
    const home = makeHome({ prepare: shop })
    await filled(home)
    damageTable(home.around.paths.cacheDb, table)
    const daemon = await start(home)
    const answers = await Promise.all([1, 2, 3].map(() => daemon.dispatcher.call(method, {})))
    for (const { total } of answers) expect(total).toBe(method === 'projects.list' ? 1 : 3)
    expect(codes(daemon)).toEqual(['cache.rebuilt'])
    expect(asideIn(home)).toHaveLength(1)
  })

  it('is found by a refresh, which starts again on the new file', async () => {
    const home = makeHome({ prepare: shop })
    await filled(home)
    damageTable(home.around.paths.cacheDb, 'artifacts')
    const daemon = await start(home)
    const { result } = await daemon.dispatcher.call('cache.refresh', { force: true })
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(codes(daemon)).toEqual(['cache.rebuilt'])
    expect(result).not.toBeNull()
  })

  it('again and again is reported instead of mended', async () => {
    const home = makeHome({ prepare: shop })
    const daemon = await start(home)
    for (let i = 0; i < 4; i++) {
      home.clock.now += 1_000
      daemon.ctx.db.onCorrupt()
      await skills(daemon)
    }
    // That it was rebuilt is explained by that.
    expect(codes(daemon)).toEqual(['cache.damaged'])
    expect(daemon.ctx.health.state).toBe('failing')
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(asideIn(home)).toHaveLength(2)
  })
})

describe('close', () => {
  it('ends a refresh under way and leaves no thread behind', async () => {
    const home = makeHome({ prepare: shop })
    const daemon = await start(home)
    const refresh = daemon.dispatcher.call('cache.refresh', { force: true })
    const refused = expect(refresh).rejects.toMatchObject({ slug: 'daemon.stopping' })
    await new Promise((resolve) => setImmediate(resolve))
    await stop(daemon)
    await refused
    expect(await skills(await start(home))).toEqual(['a', 'b', 'c'])
  })
})
