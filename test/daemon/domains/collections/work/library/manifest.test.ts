import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editLock, readLock } from '../../../../../../daemon/domains/collections/work/library/lock-file.ts'
import {
  editManifest,
  type ManifestTables,
  readManifest,
} from '../../../../../../daemon/domains/collections/work/library/manifest.ts'
import { editTomlFile } from '../../../../../../daemon/domains/collections/work/library/text-file.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 118)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smd-manifest-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const read = (name = 'collection.toml') => readFileSync(join(folder, name), 'utf8')

/** As the original writes it (formats spec section 3). */
const original = `tag_definitions = [
    { name = "Web", slug = "web", color = "#112233", description = "" },
]

[collection]
name = "default"
version = "1.0.0"
created = "2026-01-02T03:04:05"
updated = "2026-01-02T03:05:00.118912"

[[artifacts]]
name = "demo"
type = "skill"
path = "skills/demo/"
origin = "github"
added = "2026-01-02T03:04:05"
tags = [
    "t1",
]
uuid = "00000000000000000000000000000000"

[artifacts.metadata]
title = "Demo"

[artifacts.metadata.extra]
k = "v"

[[groups]]
name = "G"
position = 0
members = [
    "skill:demo",
]
`

describe('readManifest', () => {
  it('reads all tables in either spelling, and leaves absent ones empty (MP-4.4)', async () => {
    expect(await readManifest(folder)).toBeNull()
    write('collection.toml', original)
    expect(await readManifest(folder)).toMatchObject({
      about: { name: 'default' },
      artifacts: [{ name: 'demo', metadata: { extra: { k: 'v' } } }],
      tag_definitions: [{ slug: 'web' }],
      groups: [{ name: 'G', members: ['skill:demo'] }],
      mcp_servers: [],
    })
    write('collection.toml', '[collection]\nname = "old"\n')
    expect(await readManifest(folder)).toMatchObject({ artifacts: [], groups: [], tag_definitions: [] })
  })

  it('reads manifest.toml when it is the only one, and writes the usual name from then on', async () => {
    write('manifest.toml', original)
    expect(await readManifest(folder)).toMatchObject({
      file: join(folder, 'manifest.toml'),
      about: { name: 'default' },
    })
    await editManifest(folder, now, ({ groups }) => void groups.push({ name: 'H' }))
    expect(read('manifest.toml')).toBe(original)
    expect(parse(read())).toMatchObject({
      artifacts: [{ name: 'demo' }],
      groups: [{ name: 'G' }, { name: 'H' }],
    })
  })

  it.each([
    [
      '[[artifacts]]\nname = "a"\ntype = "skill"\npath = "p"\norigin = "local"\n',
      'artifacts[0]: added is missing',
    ],
    ['artifacts = 1\n', 'artifacts: it is no list of tables'],
    ['collection = "x"\n', 'collection: it is no table'],
    ['groups = [1]\n', 'groups: it is no list of tables'],
  ])('refuses %j with file, table and key', async (text, reason) => {
    write('collection.toml', text)
    await expect(readManifest(folder)).rejects.toThrow(`${join(folder, 'collection.toml')}: ${reason}`)
  })

  it('names line and column of what is no TOML', async () => {
    write('collection.toml', '[collection]\nname = "x"\n[[artifacts]\n')
    await expect(readManifest(folder)).rejects.toMatchObject({ slug: 'config.syntax', details: { line: 3 } })
  })
})

describe('editManifest', () => {
  it('changes what it is told to and the time, and not one other byte', async () => {
    write('collection.toml', `\uFEFF${original}`)
    const rename = ({ groups }: ManifestTables) => Object.assign(groups[0] as object, { color: 'slate' })
    expect(await editManifest(folder, now, rename)).toBe(true)
    expect(read()).toBe(
      `\uFEFF${original
        .replace('updated = "2026-01-02T03:05:00.118912"', 'updated = "2026-01-02T03:04:05.118000"')
        .replace('    "skill:demo",\n]\n', '    "skill:demo",\n]\ncolor = "slate"\n')}`,
    )
    expect(await editManifest(folder, now + 1, rename)).toBe(false)
  })

  it('keeps what somebody writes into the file at the same moment', async () => {
    write('collection.toml', original)
    let calls = 0
    await editManifest(folder, now, ({ groups }) => {
      groups.push({ name: 'ours' })
      // An editor saves while ours is being made.
      if (calls++ === 0)
        write('collection.toml', original.replace('title = "Demo"', 'title = "By hand" # mine'))
    })
    expect(calls).toBe(2)
    expect(read()).toContain('title = "By hand" # mine')
    expect(parse(read())).toMatchObject({ groups: [{ name: 'G' }, { name: 'ours' }] })
    expect(readdirSync(folder)).toEqual(['collection.toml'])
  })

  it('gives up on a file that never stops changing, without having touched it', async () => {
    write('collection.toml', original)
    let calls = 0
    const edit = editManifest(folder, now, ({ groups }) => {
      groups.push({ name: 'ours' })
      write('collection.toml', `${original}# ${++calls}\n`)
    })
    await expect(edit).rejects.toMatchObject({ slug: 'collection.changing' })
    expect(read()).toBe(`${original}# ${calls}\n`)
  })

  it('leaves a file without the right shape alone', async () => {
    write('collection.toml', 'artifacts = 1\n')
    await expect(editManifest(folder, now, () => undefined)).rejects.toMatchObject({
      slug: 'collection.bad_manifest',
    })
    expect(read()).toBe('artifacts = 1\n')
    await rm(join(folder, 'collection.toml'))
    await expect(editManifest(folder, now, () => undefined)).rejects.toMatchObject({
      slug: 'collection.not_found',
    })
    expect(existsSync(join(folder, 'collection.toml'))).toBe(false)
  })

  it.skipIf(process.getuid?.() === 0)('says that a folder cannot be written', async () => {
    write('collection.toml', original)
    chmodSync(folder, 0o500)
    const edit = editManifest(folder, now, ({ groups }) => void groups.push({ name: 'ours' }))
    await expect(edit).rejects.toMatchObject({ slug: 'collection.not_written' })
    chmodSync(folder, 0o700)
    expect(read()).toBe(original)
  })
})

describe('the lock', () => {
  it('is made when there is none, and keeps what it does not know', async () => {
    expect(await readLock(folder)).toEqual({})
    await editLock(folder, (entries) => Object.assign(entries, { 'a::b::skill': { content_hash: 'x' } }))
    expect(read('collection.lock')).toBe(
      '[lock]\nversion = "1.0.0"\n\n[lock.entries."a::b::skill"]\ncontent_hash = "x"\n',
    )
    write('collection.lock', `${read('collection.lock')}mine = true # keep\n`)
    await editLock(folder, (entries) => Object.assign(entries['a::b::skill'] ?? {}, { content_hash: 'y' }))
    expect(read('collection.lock')).toContain('content_hash = "y"\nmine = true # keep\n')
  })

  it('refuses one of another shape', async () => {
    write('collection.lock', '[lock]\nentries = [1]\n')
    await expect(readLock(folder)).rejects.toThrow('lock.entries: it is no table of tables')
  })
})

describe('editTomlFile', () => {
  it('writes nothing when nothing differs, and makes folders that are missing', async () => {
    const path = join(folder, 'new/folder/x.toml')
    expect(await editTomlFile(path, () => '')).toBe(false)
    expect(existsSync(join(folder, 'new'))).toBe(false)
    expect(await editTomlFile(path, () => 'a = 1\n')).toBe(true)
    mkdirSync(join(folder, 'taken.toml'))
    await expect(editTomlFile(join(folder, 'taken.toml'), () => 'a = 1\n')).rejects.toThrow()
  })
})
