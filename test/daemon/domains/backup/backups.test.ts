import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import { type ComposedDaemon, composeDaemon } from '../../../../daemon/compose.ts'
import { migrations } from '../../../../migrations/index.ts'
import { methods } from '../../../../protocol/methods.ts'
import { damageTable } from '../../../support/damage.ts'
import { skill, type TestHome, useTestHome } from '../../../support/test-daemon.ts'

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
  await daemon.dispatcher.call('cache.refresh', {})
  return daemon
}
async function stop(daemon: ComposedDaemon): Promise<void> {
  running.splice(running.indexOf(daemon), 1)
  await daemon.close()
}
const ttl = async ({ dispatcher }: ComposedDaemon): Promise<unknown> =>
  (await dispatcher.call('config.get', { key: 'cache.ttl_minutes' })).value
const setTtl = ({ dispatcher }: ComposedDaemon, value: number) =>
  dispatcher.call('config.set', { key: 'cache.ttl_minutes', value: String(value) })
const skills = async ({ dispatcher }: ComposedDaemon): Promise<string[]> =>
  (await dispatcher.call('artifacts.list', { type: 'skill' })).items.map((item) => item.name)
const foldersOf = ({ ctx }: ComposedDaemon): string[] => readdirSync(ctx.paths.backupsDir).sort()
const namesOf = async ({ dispatcher }: ComposedDaemon): Promise<string[]> =>
  (await dispatcher.call('backup.list', {})).items.map(({ name }) => name)
/** What a daemon leaves in its data folder beside cache and backups. */
const leftovers = ({ ctx }: ComposedDaemon): string[] =>
  readdirSync(ctx.paths.dataDir).filter((name) => !/^(cache\.db(-wal|-shm)?|backups)$/.test(name))

describe('backup.create', () => {
  it('keeps settings and cache, private, with what they are and their hashes', async () => {
    const daemon = await start(makeHome({ prepare: shop }))
    await setTtl(daemon, 77)
    const umask = process.umask(0)
    const backup = await daemon.dispatcher.call('backup.create', {}).finally(() => process.umask(umask))
    const folder = join(daemon.ctx.paths.backupsDir, backup.name)
    expect(backup).toMatchObject({
      reason: 'manual',
      createdAt: daemon.ctx.now(),
      cacheSchema: migrations.length,
    })
    expect(readdirSync(folder).sort()).toEqual(['cache.db', 'config.toml', 'manifest.json'])
    for (const { name, sizeBytes, sha256 } of backup.files) {
      const content = readFileSync(join(folder, name))
      expect(content.length, name).toBe(sizeBytes)
      expect(createHash('sha256').update(content).digest('hex'), name).toBe(sha256)
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder))
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    expect(readFileSync(join(folder, 'config.toml'), 'utf8')).toContain('ttl_minutes = 77')
    const copy = new Sqlite(join(folder, 'cache.db'), { readonly: true })
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(copy.prepare('SELECT count(*) FROM artifacts').pluck().get()).toBe(3)
    copy.close()
    expect(await daemon.dispatcher.call('backup.list', {})).toEqual({
      folder: daemon.ctx.paths.backupsDir,
      items: [backup],
      total: 1,
      damaged: [],
    })
  })

  it('gives those of one second names of their own, in order', async () => {
    const daemon = await start(makeHome())
    const made = []
    for (let i = 0; i < 11; i++) made.push((await daemon.dispatcher.call('backup.create', {})).name)
    expect(new Set(made).size).toBe(11)
    expect(await namesOf(daemon)).toEqual(made.toReversed())
  })

  it('copies one state while the writer goes on, and delays no write for long', async () => {
    const home = makeHome()
    const daemon = await start(home)
    const { engine, db } = daemon.ctx
    const write = (i: number) =>
      engine.write('putMarketplaces', {
        now: i,
        marketplaces: Array.from({ length: 200 }, (_, n) => ({
          id: `m${n}`,
          name: `${i}`,
          type: 't',
          url: null,
          description: 'x'.repeat(2_000),
          data: {},
        })) as never,
      })
    await write(0)
    let over = false
    const copying = daemon.dispatcher.call('backup.create', {}).finally(() => {
      over = true
    })
    let writes = 0
    while (!over) await write(++writes)
    const { name } = await copying
    expect(writes).toBeGreaterThan(0)
    const copy = new Sqlite(join(daemon.ctx.paths.backupsDir, name, 'cache.db'), { readonly: true })
    // One transaction's rows, never those of two.
    expect(
      copy.prepare('SELECT count(DISTINCT name) AS names, count(*) AS n FROM marketplace').get(),
    ).toEqual({
      names: 1,
      n: 200,
    })
    copy.close()
    expect(db.valueSql('SELECT count(*) FROM marketplace')).toBe(200)
  })

  it('says why it failed, leaves nothing behind and disturbs nobody', async () => {
    const home = makeHome({ prepare: shop })
    const daemon = await start(home)
    home.write('.smd/data/backups', 'in the way')
    await expect(daemon.dispatcher.call('backup.create', {})).rejects.toMatchObject({ slug: 'backup.failed' })
    await expect(daemon.dispatcher.call('backup.list', {})).rejects.toMatchObject({ slug: 'backup.failed' })
    rmSync(daemon.ctx.paths.backupsDir)
    // A file of settings that cannot be read fails after the cache was copied.
    mkdirSync(daemon.ctx.paths.configFile, { recursive: true })
    await expect(daemon.dispatcher.call('backup.create', {})).rejects.toMatchObject({ slug: 'backup.failed' })
    expect(foldersOf(daemon)).toEqual([])
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
  })

  it('is complete when the daemon ends while it is made', async () => {
    const daemon = await start(makeHome({ prepare: shop }))
    const making = daemon.dispatcher.call('backup.create', {}).catch((error) => error)
    await stop(daemon)
    const made = await making
    const complete = foldersOf(daemon).filter((name) => !name.startsWith('.'))
    expect(complete).toEqual(made instanceof Error ? [] : [made.name])
  })
})

describe('backup.list', () => {
  it('has no backups where there is no folder', async () => {
    const daemon = await start(makeHome())
    expect(await daemon.dispatcher.call('backup.list', {})).toMatchObject({
      items: [],
      total: 0,
      damaged: [],
    })
  })

  it('names those that cannot be used, and why; other files are none of its business', async () => {
    const daemon = await start(makeHome())
    const good = await daemon.dispatcher.call('backup.create', {})
    const folder = daemon.ctx.paths.backupsDir
    const spoil = async (work: (path: string) => void): Promise<string> => {
      const { name } = await daemon.dispatcher.call('backup.create', {})
      work(join(folder, name))
      return name
    }
    const manifest = (path: string, change: (value: Record<string, unknown>) => void): void => {
      const file = join(path, 'manifest.json')
      const value = JSON.parse(readFileSync(file, 'utf8'))
      change(value)
      writeFileSync(file, JSON.stringify(value))
    }
    const spoilt = [
      await spoil((path) => rmSync(join(path, 'manifest.json'))),
      await spoil((path) => writeFileSync(join(path, 'manifest.json'), '{')),
      await spoil((path) => manifest(path, (value) => Object.assign(value, { schema: 2 }))),
      await spoil((path) =>
        manifest(path, (value) => Object.assign(value, { files: [{ name: '../cache.db' }] })),
      ),
      await spoil((path) => rmSync(join(path, 'cache.db'))),
      await spoil((path) => appendFileSync(join(path, 'cache.db'), 'x')),
    ]
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    mkdirSync(join(folder, 'my copies'))
    const list = await daemon.dispatcher.call('backup.list', {})
    expect(list.items).toEqual([good])
    expect(list.damaged.toReversed()).toEqual(
      [
        'its manifest.json cannot be read',
        'its manifest.json cannot be read',
        'its manifest.json is not one of this smd',
        'its manifest.json is not one of this smd',
        'cache.db is missing',
        expect.stringMatching(/^cache\.db has \d+ bytes instead of \d+$/),
      ].map((reason, i) => ({ name: spoilt[i], reason })),
    )
  })
})

describe('backup.restore', () => {
  it('brings settings and cache back under a running daemon, and can itself be taken back', async () => {
    const home = makeHome({ prepare: shop })
    const daemon = await start(home)
    await setTtl(daemon, 77)
    const { name } = await daemon.dispatcher.call('backup.create', {})
    await setTtl(daemon, 5)
    home.remove('projects/shop/.claude/skills/a')
    await daemon.dispatcher.call('cache.refresh', { force: true })
    const answer = await daemon.dispatcher.call('backup.restore', { name })
    expect(methods['backup.restore'].result.parse(answer)).toEqual(answer)
    expect(answer.restored.name).toBe(name)
    expect(answer.before.reason).toBe('before-restore')
    expect(await ttl(daemon)).toBe(77)
    expect(daemon.ctx.settings.current.cache.ttl_minutes).toBe(77)
    // The disk is the truth: what is gone from there does not come back.
    expect(await skills(daemon)).toEqual(['b', 'c'])
    expect(leftovers(daemon)).toEqual([])
    await daemon.dispatcher.call('backup.restore', { name: answer.before.name })
    expect(await ttl(daemon)).toBe(5)
    expect(daemon.ctx.health.warnings).toEqual([])
    await stop(daemon)
    expect(await ttl(await start(home))).toBe(5)
  })

  it('serves the rows of the backup: what only the cache knew is there again', async () => {
    const daemon = await start(makeHome({ prepare: shop }))
    const known = (): unknown => daemon.ctx.db.valueSql("SELECT result FROM answers WHERE key = 'k'")
    await daemon.dispatcher.call('cache.invalidate', { _meta: { idempotencyKey: 'k' } } as never)
    const { name } = await daemon.dispatcher.call('backup.create', {})
    await daemon.ctx.engine.reset()
    const other = new Sqlite(daemon.ctx.storage.path)
    other.exec('DELETE FROM answers')
    other.close()
    expect(known()).toBeUndefined()
    await daemon.dispatcher.call('backup.restore', { name })
    expect(known()).toBe('{"invalidatedCount":1}')
  })

  it('goes on answering everybody meanwhile', async () => {
    const daemon = await start(makeHome({ prepare: shop }))
    const { name } = await daemon.dispatcher.call('backup.create', {})
    let over = false
    const restoring = daemon.dispatcher.call('backup.restore', { name }).finally(() => {
      over = true
    })
    let reads = 0
    while (!over) {
      expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
      await daemon.dispatcher.call('daemon.status', {})
      await new Promise((resolve) => setImmediate(resolve))
      reads++
    }
    await restoring
    expect(reads).toBeGreaterThan(1)
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
  })

  it('takes the settings away again that did not exist then', async () => {
    const daemon = await start(makeHome())
    const { name } = await daemon.dispatcher.call('backup.create', {})
    await setTtl(daemon, 5)
    const { before } = await daemon.dispatcher.call('backup.restore', { name })
    expect(existsSync(daemon.ctx.paths.configFile)).toBe(false)
    expect(await ttl(daemon)).toBe(360)
    await daemon.dispatcher.call('backup.restore', { name: before.name })
    expect(await ttl(daemon)).toBe(5)
  })

  it('keeps a link to the settings, and restores them where they lie', async () => {
    const home = makeHome()
    const real = home.write('dotfiles/smd.toml', '# mine\n[cache]\nttl_minutes = 9\n')
    mkdirSync(join(home.home, '.smd/config'), { recursive: true })
    symlinkSync(real, home.around.paths.configFile)
    const daemon = await start(home)
    const { name } = await daemon.dispatcher.call('backup.create', {})
    writeFileSync(real, '')
    await daemon.dispatcher.call('backup.restore', { name })
    expect(readFileSync(real, 'utf8')).toBe('# mine\n[cache]\nttl_minutes = 9\n')
  })

  it('changes nothing when the backup does not exist, is damaged, or of a newer smd', async () => {
    const home = makeHome({ prepare: shop })
    const daemon = await start(home)
    await setTtl(daemon, 77)
    const folder = daemon.ctx.paths.backupsDir
    const make = async () => (await daemon.dispatcher.call('backup.create', {})).name
    const restore = (name: string) => daemon.dispatcher.call('backup.restore', { name })
    const flipped = await make()
    const config = await make()
    const newer = await make()
    const flip = (path: string): void => {
      const content = readFileSync(path)
      const middle = content.length >> 1
      content[middle] = (content[middle] ?? 0) ^ 1
      writeFileSync(path, content)
    }
    flip(join(folder, flipped, 'cache.db'))
    flip(join(folder, config, 'config.toml'))
    const rehash = (name: string, file: string): void => {
      const manifest = join(folder, name, 'manifest.json')
      const value = JSON.parse(readFileSync(manifest, 'utf8'))
      const content = readFileSync(join(folder, name, file))
      Object.assign(
        value.files.find((entry: { name: string }) => entry.name === file),
        {
          sizeBytes: content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
        },
      )
      writeFileSync(manifest, JSON.stringify(value))
    }
    new Sqlite(join(folder, newer, 'cache.db')).exec(`PRAGMA user_version = ${migrations.length + 1}`).close()
    rehash(newer, 'cache.db')
    const rotten = await make()
    writeFileSync(join(folder, rotten, 'cache.db'), 'garbage '.repeat(1_000))
    rehash(rotten, 'cache.db')
    const invalid = await make()
    writeFileSync(join(folder, invalid, 'config.toml'), 'not = = toml')
    rehash(invalid, 'config.toml')
    await setTtl(daemon, 5)
    const before = await namesOf(daemon)
    for (const name of ['20200101T000000Z', '..', '../backups', '.', 'x'])
      await expect(restore(name), name).rejects.toMatchObject({ slug: 'backup.not_found' })
    await expect(restore(flipped)).rejects.toMatchObject({
      slug: 'backup.damaged',
      message: `The backup ${flipped} cannot be used: cache.db is not what was saved.`,
    })
    await expect(restore(config)).rejects.toMatchObject({ slug: 'backup.damaged' })
    await expect(restore(rotten)).rejects.toMatchObject({ slug: 'backup.damaged' })
    await expect(restore(newer)).rejects.toMatchObject({
      slug: 'backup.newer',
      details: { name: newer, found: migrations.length + 1, known: migrations.length },
    })
    await expect(restore(invalid)).rejects.toMatchObject({ slug: 'backup.damaged' })
    expect(await namesOf(daemon)).toEqual(before)
    expect(await ttl(daemon)).toBe(5)
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(leftovers(daemon)).toEqual([])
  })
})

describe('a damaged cache (D3)', () => {
  it('is no backup: the attempt finds the damage, which is mended', async () => {
    const home = makeHome({ prepare: shop })
    await stop(await start(home))
    damageTable(home.around.paths.cacheDb, 'marketplace')
    const daemon = await composeDaemon(home.around)
    running.push(daemon)
    await expect(daemon.dispatcher.call('backup.create', {})).rejects.toMatchObject({
      slug: 'backup.failed',
      message: expect.stringContaining('is damaged'),
    })
    // The original is looked at after the answer.
    while (daemon.ctx.health.warnings.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(daemon.ctx.health.warnings.map(({ code }) => code)).toEqual(['cache.rebuilt'])
    expect(await namesOf(daemon)).toEqual([])
    expect(await daemon.dispatcher.call('backup.create', {})).toMatchObject({ reason: 'manual' })
  })

  it('is rebuilt, and the newest backup that is whole is offered', async () => {
    const home = makeHome({ prepare: shop })
    const daemon = await start(home)
    const good = await daemon.dispatcher.call('backup.create', {})
    const spoilt = await daemon.dispatcher.call('backup.create', {})
    await stop(daemon)
    const copy = join(daemon.ctx.paths.backupsDir, spoilt.name, 'cache.db')
    const content = readFileSync(copy)
    content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 0xff
    writeFileSync(copy, content)
    writeFileSync(home.around.paths.cacheDb, 'garbage '.repeat(1_000))
    const next = await start(home)
    expect(await skills(next)).toEqual(['a', 'b', 'c'])
    expect(next.ctx.health.warnings).toEqual([
      expect.objectContaining({
        code: 'cache.rebuilt',
        fix: expect.stringContaining(`smd backup restore ${good.name}`),
      }),
    ])
  })
})
