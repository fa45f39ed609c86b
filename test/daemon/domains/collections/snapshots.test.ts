import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { snapshotBefore } from '../../../../daemon/domains/collections/work/snapshots/index.ts'
import { takeSnapshot } from '../../../../daemon/domains/collections/work/snapshots/take-snapshot.ts'
import { parseToml } from '../../../../daemon/kernel/config/toml.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const startDaemon = useTestDaemon()
const library = '.skillmeat'
const collection = `${library}/collections/default`

const manifest = (...names: string[]): string =>
  [
    '# my collection\n[collection]\nname = "default"\nversion = "1.0.0"\nupdated = "2026-01-02T03:04:05"\n',
    ...names.map((name) => `[[artifacts]]\nname = "${name}"\ntype = "skill"\npath = "skills/${name}/"\n`),
  ].join('\n')

type Library = TestDaemon & {
  at(path: string): string
  read(path: string): string
  /** Every file of the collection with its content. */
  content(): Record<string, string>
}

/** A daemon with a collection of skills. */
async function start(...names: string[]): Promise<Library> {
  const daemon = await startDaemon({
    prepare({ write }) {
      write(`${collection}/collection.toml`, manifest(...names))
      write(`${collection}/collection.lock`, '[lock]\nversion = "1.0.0"\n')
      for (const name of names) write(`${collection}/skills/${name}/SKILL.md`, skill(name))
    },
  })
  const at = (path: string): string => join(daemon.home, collection, path)
  const made: Library = {
    ...daemon,
    at,
    read: (path) => readFileSync(at(path), 'utf8'),
    content: () =>
      Object.fromEntries(
        readdirSync(at('.'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
          .map((path) => [path.slice(at('.').length), readFileSync(path, 'utf8')]),
      ),
  }
  return made
}

/** A snapshot that takes times of files for what they are, however young. */
const take = ({ ctx, clock }: Library) =>
  takeSnapshot({ folders: ctx.folders, now: clock.now }, { collection: 'default', message: '' }, -60_000)

/** Every file of the object store. */
const objects = ({ home }: Library): string[] =>
  readdirSync(join(home, library, '.smd/objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const files = (plan: { files: Array<{ path: string; action: string; conflict: string | null }> }) =>
  plan.files.map(({ path, action, conflict }) => [path, action, conflict])

describe('snapshots.create, snapshots.list', () => {
  it('keeps what there is under an id that tells when, newest first, in pages', async () => {
    const { call, clock } = await start('a', 'b')
    clock.now = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
    const first = await call('snapshots.create', { message: 'before cleanup' })
    expect(first).toEqual({
      id: '20260102-030405-006000',
      collection: 'default',
      takenAt: clock.now,
      message: 'before cleanup',
      automatic: false,
      artifactCount: 2,
      whole: true,
      archive: null,
    })
    const second = await call('snapshots.create', {})
    expect(second.id).toBe('20260102-030405-006001')
    const page = await call('snapshots.list', { limit: 1 })
    expect(page).toMatchObject({ collection: 'default', total: 2, items: [{ id: second.id }] })
    const rest = await call('snapshots.list', { limit: 1, cursor: page.nextCursor ?? '' })
    expect(rest).toMatchObject({ items: [first], nextCursor: null })
    await expect(call('snapshots.list', { cursor: 'x' })).rejects.toMatchObject({ slug: 'page.bad_cursor' })
  })

  it.each(['none', '..', '../default', '.hidden', 'a/b'])('knows no collection %j', async (name) => {
    const { call } = await start('a')
    const refused = { slug: 'snapshot.no_collection' }
    await expect(call('snapshots.create', { collection: name })).rejects.toMatchObject(refused)
    await expect(call('snapshots.list', { collection: name })).rejects.toMatchObject(refused)
  })

  it('writes only what changed: equal parts and contents are shared', async () => {
    const names = Array.from({ length: 200 }, (_, n) => `s${n}`)
    const library = await start(...names)
    await take(library)
    const before = objects(library).length
    writeFileSync(library.at('skills/s7/SKILL.md'), 'changed')
    await take(library)
    // The content, its tree, the line from its H1, and the part of the list it is in.
    expect(objects(library).length).toBe(before + 4)
  })

  it('does not read what looks as it did, and reads what looks otherwise', async () => {
    const library = await start('a', 'b')
    await take(library)
    const kept = (text: string) => objects(library).filter((path) => readFileSync(path, 'utf8') === text)
    // What is read is kept anew.
    for (const text of ['a', 'b'].map((name) => skill(name))) for (const path of kept(text)) rmSync(path)
    utimesSync(library.at('skills/b/SKILL.md'), 1, 1)
    await take(library)
    expect(kept(skill('a'))).toHaveLength(0)
    expect(kept(skill('b'))).toHaveLength(1)
  })

  it('does not trust times of files that were written just now', async () => {
    const library = await start('a')
    const { call, at } = library
    const first = await call('snapshots.create', {})
    for (const path of objects(library).filter((path) => readFileSync(path, 'utf8') === skill('a')))
      rmSync(path)
    const second = await call('snapshots.create', {})
    writeFileSync(at('skills/a/SKILL.md'), 'edited')
    await call('snapshots.rollback', { id: second.id })
    expect(await call('snapshots.compare', { id: first.id })).toMatchObject({ filesModified: [] })
  })
})

describe('snapshots.show, snapshots.compare', () => {
  it('tells places with hashes, and what changed between two snapshots and until now', async () => {
    const { call, at } = await start('a', 'b')
    const first = await call('snapshots.create', {})
    const shown = await call('snapshots.show', { id: first.id })
    expect(shown.places.map(({ path, fileCount }) => [path, fileCount])).toEqual([
      ['collection.lock', 1],
      ['collection.toml', 1],
      ['skills/a', 1],
      ['skills/b', 1],
    ])
    expect(shown).toMatchObject({ placeCount: 4, artifactCount: 2 })
    expect((await call('snapshots.show', { id: first.id, limit: 1 })).places).toHaveLength(1)

    writeFileSync(at('skills/a/SKILL.md'), `${skill('a')}one\ntwo\n`)
    writeFileSync(at('skills/a/data.bin'), Buffer.from([0, 1, 2]))
    rmSync(at('skills/b'), { recursive: true })
    const expected = {
      filesAdded: ['skills/a/data.bin'],
      filesRemoved: ['skills/b/SKILL.md'],
      filesModified: ['skills/a/SKILL.md'],
      linesAdded: 2,
      linesRemoved: skill('b').split('\n').length - 1,
    }
    expect(await call('snapshots.compare', { id: first.id })).toEqual(expected)
    const second = await call('snapshots.create', {})
    expect(await call('snapshots.compare', { id: first.id, other: second.id })).toEqual(expected)
    expect(await call('snapshots.compare', { id: second.id })).toMatchObject({
      filesModified: [],
      linesAdded: 0,
    })
  })
})

describe('snapshots.analyze, snapshots.rollback', () => {
  it('brings everything back as it was, byte for byte, after a snapshot of what was there', async () => {
    const library = await start('a', 'b')
    const { call, at, content, clock, read } = library
    chmodSync(at('skills/a/SKILL.md'), 0o755)
    mkdirSync(at('commands'))
    writeFileSync(at('commands/x.md'), 'x')
    symlinkSync('../skills/a/SKILL.md', at('commands/linked.md'))
    const before = content()
    const { id } = await call('snapshots.create', { message: 'all' })

    chmodSync(at('skills/a/SKILL.md'), 0o644)
    writeFileSync(at('skills/a/SKILL.md'), 'edited')
    rmSync(at('skills/b'), { recursive: true })
    rmSync(at('commands/linked.md'))
    writeFileSync(at('commands/y.md'), 'new')
    writeFileSync(at('collection.toml'), manifest('a'))
    const changed = content()
    clock.now += 1_000

    const plan = await call('snapshots.analyze', { id })
    expect(files(plan)).toEqual([
      ['collection.toml', 'restore', 'modified'],
      ['commands/linked.md', 'restore', null],
      ['commands/y.md', 'remove', 'modified'],
      ['skills/a/SKILL.md', 'restore', 'modified'],
      ['skills/b/SKILL.md', 'restore', null],
    ])
    expect(plan).toMatchObject({ isSafe: false })
    expect(plan.warnings).toContain('1 file that came later will be removed.')
    expect(content()).toEqual(changed)

    const done = await call('snapshots.rollback', { id })
    expect(files(done)).toEqual(files(plan))
    expect(content()).toEqual(before)
    expect(statSync(at('skills/a/SKILL.md')).mode & 0o777).toBe(0o755)
    expect(realpathSync(at('commands/linked.md'))).toBe(at('skills/a/SKILL.md'))
    expect((await call('snapshots.list', {})).items[0]).toMatchObject({
      id: done.safetySnapshotId,
      message: `[auto] Before going back to ${id}`,
      automatic: true,
      whole: false,
    })

    // And back again.
    clock.now += 1_000
    await call('snapshots.rollback', { id: done.safetySnapshotId ?? '' })
    expect(content()).toEqual(changed)
    expect(read('collection.toml')).toBe(manifest('a'))
  })

  it('lets clients see at once what came back', async () => {
    const { call, at } = await start('a', 'b')
    const { id } = await call('snapshots.create', {})
    rmSync(at('skills/b'), { recursive: true })
    await call('cache.refresh', {})
    const names = async () =>
      (await call('artifacts.list', { type: 'skill' })).items.map(({ name }) => name).sort()
    expect(await names()).toEqual(['a'])
    await call('snapshots.rollback', { id })
    expect(await names()).toEqual(['a', 'b'])
  })

  it('does nothing, and takes no snapshot, where everything is as it was', async () => {
    const { call } = await start('a')
    const { id } = await call('snapshots.create', {})
    expect(await call('snapshots.rollback', { id })).toMatchObject({
      files: [],
      isSafe: true,
      safetySnapshotId: null,
    })
    expect((await call('snapshots.list', {})).total).toBe(1)
  })

  it('brings chosen paths back with their entries, and leaves everything else', async () => {
    const { call, at, read } = await start('a', 'b', 'c')
    writeFileSync(at('skills/a/more.md'), 'more')
    writeFileSync(at('collection.lock'), lock({ a: 'a'.repeat(64), b: 'b'.repeat(64) }))
    const { id } = await call('snapshots.create', {})
    for (const name of ['a', 'b']) rmSync(at(`skills/${name}`), { recursive: true })
    writeFileSync(at('collection.toml'), `${manifest('c')}note = "by hand" # stays\n`)
    writeFileSync(at('collection.lock'), lock({ c: 'c'.repeat(64) }))

    const done = await call('snapshots.rollback', { id, paths: ['skills/a/'] })
    expect(files(done)).toEqual([
      ['skills/a/SKILL.md', 'restore', null],
      ['skills/a/more.md', 'restore', null],
    ])
    expect(done.entries).toEqual(['skill:a'])
    expect(existsSync(at('skills/b'))).toBe(false)
    const { data } = parseToml(read('collection.toml'), 'x')
    expect(data.artifacts).toMatchObject([
      { name: 'c', note: 'by hand' },
      { name: 'a', path: 'skills/a/' },
    ])
    expect(read('collection.toml')).toContain('# my collection')
    expect(read('collection.toml')).toContain('note = "by hand" # stays')
    expect(parseToml(read('collection.lock'), 'x').data.lock).toMatchObject({
      entries: { 'a::skill': { content_hash: 'a'.repeat(64) }, 'c::skill': { content_hash: 'c'.repeat(64) } },
    })

    // One file of an artifact: its entry stays.
    writeFileSync(at('skills/a/more.md'), 'edited')
    writeFileSync(at('skills/a/SKILL.md'), 'edited')
    const one = await call('snapshots.rollback', { id, paths: ['skills/a/more.md'] })
    expect(one).toMatchObject({ entries: [], files: [{ path: 'skills/a/more.md' }] })
    expect(read('skills/a/more.md')).toBe('more')
    expect(read('skills/a/SKILL.md')).toBe('edited')

    await expect(call('snapshots.rollback', { id, paths: ['skills/none'] })).rejects.toMatchObject({
      slug: 'snapshot.no_such_path',
    })
    await expect(call('snapshots.analyze', { id, paths: ['../default/skills/a'] })).rejects.toMatchObject({
      slug: 'snapshot.no_such_path',
    })
  })

  it('keeps edits made by hand where it is asked to, and merges lines that both changed', async () => {
    const { call, at, read, ctx, clock } = await start('a', 'b', 'c', 'd')
    const lines = (...words: string[]) => `${words.join('\n\n\n\n')}\n`
    const put = (name: string, text: string) => writeFileSync(at(`skills/${name}/SKILL.md`), text)
    for (const name of ['a', 'b', 'c', 'd']) put(name, lines('one', 'two', 'three'))
    const { id } = await call('snapshots.create', {})
    // An update changes the last line of all, and notes in the lock what it wrote.
    for (const name of ['a', 'b', 'c', 'd']) put(name, lines('one', 'two', 'THREE'))
    clock.now += 1_000
    const updated = await call('snapshots.create', { message: 'after the update' })
    const hashes = Object.fromEntries(
      (await call('snapshots.show', { id: updated.id })).places
        .filter(({ path }) => path.startsWith('skills/'))
        .map(({ path, contentHash }) => [path.slice('skills/'.length), contentHash]),
    )
    writeFileSync(at('collection.lock'), lock(hashes))
    // By hand: nothing in a, another line in b, the same line in c, a file more in d.
    put('b', lines('ONE', 'two', 'THREE'))
    put('c', lines('one', 'two', 'mine'))
    writeFileSync(at('skills/d/own.md'), 'own')

    const plan = await call('snapshots.analyze', { id, keepChanges: true })
    expect(files(plan)).toEqual([
      ['skills/a/SKILL.md', 'restore', null],
      ['skills/b/SKILL.md', 'merge', null],
      ['skills/c/SKILL.md', 'keep', 'content'],
      ['skills/d/SKILL.md', 'restore', null],
      ['skills/d/own.md', 'keep', null],
    ])
    clock.now += 1_000
    const done = await call('snapshots.rollback', { id, keepChanges: true })
    expect(files(done)).toEqual(files(plan))
    expect(read('skills/a/SKILL.md')).toBe(lines('one', 'two', 'three'))
    expect(read('skills/b/SKILL.md')).toBe(lines('ONE', 'two', 'three'))
    expect(read('skills/c/SKILL.md')).toBe(lines('one', 'two', 'mine'))
    expect(read('skills/d/SKILL.md')).toBe(lines('one', 'two', 'three'))
    expect(read('skills/d/own.md')).toBe('own')

    const audit = join(ctx.folders.skillmeat, 'audit/default_rollback_audit.toml')
    expect(parseToml(readFileSync(audit, 'utf8'), audit).data.entries).toMatchObject([
      {
        id: expect.stringMatching(/^rb_\d{8}_\d{6}$/),
        collection_name: 'default',
        source_snapshot_id: done.safetySnapshotId,
        target_snapshot_id: id,
        operation_type: 'intelligent',
        files_restored: ['skills/a/SKILL.md', 'skills/d/SKILL.md'],
        files_merged: ['skills/b/SKILL.md'],
        conflicts_pending: ['skills/c/SKILL.md'],
        preserve_changes_enabled: true,
        selective_paths: [],
        success: true,
      },
    ])
  })

  it('is made even where the audit cannot be written, and says so', async () => {
    const { call, at, write, read } = await start('a')
    const { id } = await call('snapshots.create', {})
    writeFileSync(at('skills/a/SKILL.md'), 'edited')
    const audit = write(`${library}/audit/default_rollback_audit.toml`, 'entries = \n')
    const { warnings } = await call('snapshots.rollback', { id })
    expect(warnings.join()).toContain(audit)
    expect(readFileSync(audit, 'utf8')).toBe('entries = \n')
    expect(read('skills/a/SKILL.md')).toBe(skill('a'))
  })

  it('leaves the history of a repository and what is no artifact alone', async () => {
    const { call, at } = await start('a')
    mkdirSync(at('.git'))
    writeFileSync(at('.git/HEAD'), 'ref: refs/heads/main\n')
    const { id } = await call('snapshots.create', {})
    writeFileSync(at('.git/HEAD'), 'ref: refs/heads/other\n')
    writeFileSync(at('skills/a/SKILL.md'), 'edited')
    expect((await call('snapshots.rollback', { id })).files).toHaveLength(1)
    expect(readFileSync(at('.git/HEAD'), 'utf8')).toBe('ref: refs/heads/other\n')
  })

  it('leaves everything as it is where one place cannot be brought back', async () => {
    const { call, at, content, ctx } = await start('a', 'b')
    const { id } = await call('snapshots.create', {})
    writeFileSync(at('collection.toml'), manifest('b'))
    rmSync(at('skills'), { recursive: true })
    // In the way of both skills.
    writeFileSync(at('skills'), 'a file')
    const before = content()
    await expect(call('snapshots.rollback', { id })).rejects.toMatchObject({
      slug: 'snapshot.changed_meanwhile',
      details: { path: join(at('.')) },
    })
    expect(content()).toEqual(before)
    const audit = readFileSync(join(ctx.folders.skillmeat, 'audit/default_rollback_audit.toml'), 'utf8')
    expect(audit).toContain('success = false')
  })

  it('refuses a snapshot whose objects are damaged, and changes nothing', async () => {
    const { call, at, home, content } = await start('a', 'b')
    const { id } = await call('snapshots.create', {})
    for (const name of ['a', 'b']) writeFileSync(at(`skills/${name}/SKILL.md`), 'edited')
    const before = content()
    const objects = join(home, library, '.smd/objects')
    const text = skill('b')
    const damaged = readdirSync(join(objects, 'content'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .find((path) => readFileSync(path, 'utf8') === text)
    writeFileSync(damaged ?? '', 'other')
    await expect(call('snapshots.rollback', { id })).rejects.toMatchObject({
      slug: expect.stringMatching(/^(object\.missing|snapshot\.changed_meanwhile)$/),
    })
    expect(content()).toEqual(before)

    rmSync(objects, { recursive: true })
    await expect(call('snapshots.analyze', { id })).rejects.toMatchObject({
      slug: expect.stringMatching(/^(object\.missing|snapshot\.damaged)$/),
    })
    await expect(call('snapshots.show', { id: '20260101-000000-000000' })).rejects.toMatchObject({
      slug: 'snapshot.not_found',
    })
  })
})

describe('snapshotBefore', () => {
  it('keeps what is about to change and nothing else, and rolls back to where nothing was', async () => {
    const { call, at, ctx, clock, read } = await start('a', 'b')
    writeFileSync(at('collection.lock'), lock({ a: 'a'.repeat(64) }))
    const tools = { folders: ctx.folders, now: clock.now }
    const { id } = await snapshotBefore(tools, 'default', 'Remove a, add new', ['skills/a', 'skills/new'])
    expect((await call('snapshots.show', { id })).places.map(({ path }) => path)).toEqual([
      'collection.lock',
      'collection.toml',
      'skills/a',
    ])
    rmSync(at('skills/a'), { recursive: true })
    mkdirSync(at('skills/new'))
    writeFileSync(at('skills/new/SKILL.md'), skill('new'))
    writeFileSync(at('skills/b/SKILL.md'), 'edited, and none of its business')
    writeFileSync(at('collection.toml'), manifest('b', 'new'))
    writeFileSync(at('collection.lock'), lock({ new: 'd'.repeat(64) }))
    clock.now += 1_000
    const done = await call('snapshots.rollback', { id })
    expect(files(done)).toEqual([
      ['skills/a/SKILL.md', 'restore', null],
      ['skills/new/SKILL.md', 'remove', 'modified'],
    ])
    expect(done.warnings[0]).toBe('The snapshot holds only what was about to change then.')
    expect(read('skills/b/SKILL.md')).toBe('edited, and none of its business')
    expect(parseToml(read('collection.toml'), 'x').data.artifacts).toMatchObject([
      { name: 'b' },
      { name: 'a' },
    ])
    expect(parseToml(read('collection.lock'), 'x').data.lock).toMatchObject({ entries: { 'a::skill': {} } })
    await expect(call('snapshots.export', { id })).rejects.toMatchObject({ slug: 'snapshot.not_whole' })
  })

  it('lets the oldest automatic snapshots go, and none that somebody asked for', async () => {
    const { call, ctx, clock } = await start('a')
    const asked = await call('snapshots.create', { message: 'mine' })
    for (let n = 0; n < 53; n++) {
      clock.now += 1_000
      await snapshotBefore({ folders: ctx.folders, now: clock.now }, 'default', `change ${n}`, ['skills/a'])
    }
    const { items, total } = await call('snapshots.list', { limit: 100 })
    expect(total).toBe(51)
    expect(items[0]?.message).toBe('[auto] change 52')
    expect(items.at(-1)?.id).toBe(asked.id)
  })
})

/** A lock with an entry for each skill. */
const lock = (hashes: Record<string, string>): string =>
  `[lock]\nversion = "1.0.0"\n${Object.entries(hashes)
    .map(
      ([name, hash]) =>
        `\n[lock.entries."${name}::skill"]\ncontent_hash = "${hash}"\nfetched = "2026-01-02T03:04:05"\n`,
    )
    .join('')}`

describe('the job maintenance', () => {
  /** Makes everything in the store two hours old. */
  const age = (library: Library): void => {
    for (const path of objects(library)) {
      const time = statSync(path).mtimeMs / 1_000 - 7_200
      utimesSync(path, time, time)
    }
  }

  it('drops objects of snapshots that are gone, and nothing that a snapshot, an operation or a deployment needs', async () => {
    const library = await start('a', 'b', 'c')
    const { call, at, home, write, read, clock } = library
    const put = (name: string, text: string) => writeFileSync(at(`skills/${name}/SKILL.md`), text)
    for (const name of ['a', 'b', 'c']) put(name, `first ${name}`)
    const first = await call('snapshots.create', {})
    const deployed = (await call('snapshots.show', { id: first.id })).places.find(
      ({ path }) => path === 'skills/a',
    )
    for (const name of ['a', 'b', 'c']) put(name, `second ${name}`)
    clock.now += 1_000
    const second = await call('snapshots.create', {})
    for (const name of ['a', 'b', 'c']) put(name, `third ${name}`)
    clock.now += 1_000
    const { safetySnapshotId } = await call('snapshots.rollback', { id: second.id, paths: ['skills/c'] })
    for (const id of [first.id, safetySnapshotId ?? '']) await call('snapshots.delete', { id })

    write('src/app/.claude/skills/a/SKILL.md', 'first a')
    write(
      'src/app/.claude/.skillmeat-deployed.toml',
      `[[deployed]]\nartifact_name = "a"\nartifact_type = "skill"\nfrom_collection = "default"\ndeployed_at = "2026-01-02T03:04:05"\nartifact_path = "skills/a"\ncontent_hash = "${deployed?.contentHash}"\nlocal_modifications = false\n`,
    )
    await call('projects.add', { path: join(home, 'src/app') })
    await call('cache.refresh', { force: true })
    age(library)
    const run = await call('jobs.run', { name: 'maintenance' })
    expect(run).toMatchObject({ outcome: 'success' })

    const kept = objects(library).map((path) => readFileSync(path, 'utf8'))
    // Of the first snapshot only what is deployed is left; what the rollback replaced can be taken back.
    for (const text of ['first a', 'second a', 'second b', 'second c', 'third c'])
      expect(kept, text).toContain(text)
    for (const text of ['first b', 'first c']) expect(kept, text).not.toContain(text)
    await call('snapshots.rollback', { id: second.id })
    expect(read('skills/a/SKILL.md')).toBe('second a')
  })

  it('drops nothing while there is a snapshot that a newer smd may have taken, and makes no library', async () => {
    const library = await start('a')
    const { call, home } = library
    const { id } = await call('snapshots.create', {})
    const file = join(home, '.skillmeat/.smd/snapshots/default', `${id}.json`)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"schema":1', '"schema":2'))
    age(library)
    const before = objects(library)
    await call('cache.refresh', { force: true })
    await call('jobs.run', { name: 'maintenance' })
    expect(objects(library)).toEqual(before)

    const other = await startDaemon()
    await other.call('cache.refresh', { force: true })
    await other.call('jobs.run', { name: 'maintenance' })
    expect(existsSync(join(other.home, '.skillmeat'))).toBe(false)
  })
})
