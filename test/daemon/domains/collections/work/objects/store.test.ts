import { spawn } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  collectGarbage,
  digestOf,
  newTree,
  ObjectStore,
  readTree,
  type Tree,
} from '../../../../../../daemon/domains/collections/work/objects/index.ts'
import { listSkillFiles } from '../../../../../support/corpus.ts'

let home: string
let folder: string
let store: ObjectStore
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'smd-objects-'))
  folder = join(home, 'objects')
  store = new ObjectStore(folder)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const at = (...path: string[]): string => join(home, ...path)

/** Makes an artifact of texts by path. */
function artifact(name: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(name, path)), { recursive: true })
    writeFileSync(at(name, path), text)
  }
  return at(name)
}

/** Every file of the store, with what tells whether it was written again. */
const stored = (): Array<{ path: string; ino: number; bytes: number }> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { ino, size } = statSync(path)
      return { path, ino, bytes: size }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))

const objectOf = (kind: 'content' | 'trees', digest: string): string =>
  stored().find(({ path }) => path.startsWith(join(folder, kind, digest[0] as string, digest.slice(1))))
    ?.path ?? ''

/** Makes everything in the store two hours old. */
function age(): void {
  for (const { path } of stored()) {
    const time = (statSync(path).mtimeMs - 7_200_000) / 1_000
    utimesSync(path, time, time)
  }
}

async function isWhole(of: ObjectStore, tree: Tree | null): Promise<boolean> {
  if (!tree) return false
  for (const { digest, size } of tree.entries) if ((await of.read(digest))?.length !== size) return false
  return true
}

/** The artifact of formats spec 5.1. */
const vector = {
  'SKILL.md': '---\nname: demo\n---\nHello\n',
  'a/x.txt': 'one\n',
  'a-b/x.txt': 'two\n',
  '.hidden/h.txt': 'h\n',
  '__pycache__/m.pyc': 'c\n',
  '.DS_Store': 'ds',
  'B.md': 'B\n',
  'caf\u00e9.txt': 'caf\u00e9\n',
}
const vectorH1 = '4fec45472dc9a50c9ae20c48358412d3a09436d04f2f73b40442c19ecc1216ed'

describe('readTree', () => {
  it('has the H1 and the order of the vectors, and no empty folder (formats 5.1)', async () => {
    const path = artifact('demo', vector)
    mkdirSync(join(path, 'empty'))
    const tree = await readTree(path)
    expect(tree.h1).toBe(vectorH1)
    expect(tree.entries.map((entry) => entry.path)).toEqual([
      '.DS_Store',
      '.hidden/h.txt',
      'B.md',
      'SKILL.md',
      '__pycache__/m.pyc',
      'a/x.txt',
      'a-b/x.txt',
      'caf\u00e9.txt',
    ])
  })

  it('has the H1 of a single file (formats 5.1)', async () => {
    const tree = await readTree(join(artifact('single', { single: 'solo\n' }), 'single'))
    expect(tree).toMatchObject({ isFile: true, entries: [{ path: '', kind: 'file', size: 5 }] })
    expect(tree.h1).toBe('81d6bf3b18d09327c6a7e75c37d3bfb92b4f88807dee37ad2911c08f1690bfbe')
  })

  it('counts what links to files lead to, and no linked folder', async () => {
    artifact('outside', { 'x.txt': 'one\n', 'b/y.txt': 'not counted' })
    const path = artifact('demo', { ...vector, 'a/x.txt': '' })
    rmSync(join(path, 'a/x.txt'))
    symlinkSync('../../outside/x.txt', join(path, 'a/x.txt'))
    symlinkSync('../outside/b', join(path, 'folder'))
    symlinkSync('nowhere', join(path, 'broken'))
    symlinkSync('loop', join(path, 'loop'))
    const tree = await readTree(path)
    expect(tree.h1).toBe(vectorH1)
    expect(tree.entries.filter(({ kind }) => kind === 'link').map((entry) => entry.path)).toEqual([
      'a/x.txt',
      'broken',
      'folder',
      'loop',
    ])
  })

  it('leaves out names it is told to, at any depth', async () => {
    const path = artifact('demo', { 'SKILL.md': '1', '.git/config': 'x', 'sub/.git/config': 'x' })
    const tree = await readTree(path, { leaveOut: (name) => name === '.git' })
    expect(tree.entries.map((entry) => entry.path)).toEqual(['SKILL.md'])
    expect(tree.h1).toBe(digestOf('SKILL.md1'))
  })

  it('says what it cannot read', async () => {
    await expect(readTree(at('nothing'))).rejects.toMatchObject({
      slug: 'object.unreadable',
      details: { path: at('nothing'), reason: 'ENOENT' },
    })
  })

  it('refuses what does not fit into memory, without reading it', async () => {
    const path = artifact('huge', { 'SKILL.md': 'x', 'data.bin': '' })
    truncateSync(join(path, 'data.bin'), 513 * 1024 * 1024)
    await expect(store.keep(path)).rejects.toMatchObject({ slug: 'object.too_large' })
    expect(readdirSync(home)).toEqual(['huge'])
  })
})

describe('ObjectStore', () => {
  it('gives back every byte, mode and link of a folder', async () => {
    const path = artifact('demo', {
      ...vector,
      'run.sh': '#!/bin/sh\n',
      'sub/deep/er.md': 'x'.repeat(50_000),
    })
    chmodSync(join(path, 'run.sh'), 0o700)
    symlinkSync('../SKILL.md', join(path, 'a/link'))
    symlinkSync('/nowhere/at/all', join(path, 'broken'))
    const kept = await store.keep(path)
    await new ObjectStore(folder).write(kept, at('copy'))
    expect(await readTree(at('copy'))).toEqual(await readTree(path))
    expect(statSync(at('copy', 'run.sh')).mode & 0o777).toBe(0o755)
    expect(statSync(at('copy', 'SKILL.md')).mode & 0o777).toBe(0o644)
    expect(readlinkSync(at('copy', 'a/link'))).toBe('../SKILL.md')
    expect(readlinkSync(at('copy', 'broken'))).toBe('/nowhere/at/all')
    expect(readFileSync(at('copy', 'sub/deep/er.md'), 'utf8')).toBe('x'.repeat(50_000))
  })

  it('gives back a single file, an empty folder, and a link in place of an artifact', async () => {
    const file = join(artifact('commands', { 'review.md': 'Review.' }), 'review.md')
    mkdirSync(at('empty'))
    symlinkSync('commands', at('linked'))
    for (const [path, options] of [
      [file, {}],
      [at('empty'), {}],
      [at('linked'), { asLink: true }],
    ] as const) {
      const tree = await store.keep(path, options)
      const copy = at(`copy of ${basename(path)}`)
      await store.write((await store.tree(tree.id)) as Tree, copy)
      expect(await readTree(copy, options)).toEqual(tree)
      expect(lstatSync(copy).isSymbolicLink()).toBe('asLink' in options)
    }
    // What it leads to is the artifact for everybody else.
    expect((await readTree(at('linked'), { asLink: true })).h1).toBe((await readTree(at('commands'))).h1)
  })

  it.skipIf(process.platform !== 'linux')(
    'gives back names that are not UTF-8, and hashes them as the scan does',
    async () => {
      const names = [
        Buffer.from([0x61, 0xff, 0x2e]),
        Buffer.from([0xf0, 0x9f, 0x98]),
        Buffer.from([0xed, 0xb2, 0x80]),
      ]
      mkdirSync(at('demo'))
      const inside = (root: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${root}/`), name])
      for (const name of names) writeFileSync(inside(at('demo'), name), name)
      // A name that looks like one of those as people see it.
      writeFileSync(at('demo', 'a\\xff.'), 'text')
      const tree = await store.keep(at('demo'))
      await store.write((await store.tree(tree.id)) as Tree, at('copy'))
      expect(readdirSync(at('copy'), 'buffer').sort(Buffer.compare)).toEqual(
        [...names, Buffer.from('a\\xff.')].sort(Buffer.compare),
      )
      for (const name of names) expect(readFileSync(inside(at('copy'), name))).toEqual(name)
      const one = artifact('one', {})
      mkdirSync(one, { recursive: true })
      writeFileSync(inside(one, Buffer.from([0xe9])), 'x')
      expect((await readTree(one)).h1).toBe(digestOf('\\xe9x'))
    },
  )

  it('keeps real skills, and compresses what that makes smaller on the disk', async () => {
    const folders = [...new Set(listSkillFiles().map(dirname))]
    const some = folders.filter((_, index) => index % Math.ceil(folders.length / 40) === 0)
    for (const [index, path] of some.entries()) {
      const tree = await store.keep(path)
      await store.write(tree, at(`copy-${index}`))
      expect(await readTree(at(`copy-${index}`))).toEqual(await readTree(path))
    }
    const files = stored().filter(({ path }) => path.includes('/content/'))
    const packed = files.filter(({ path }) => path.endsWith('.gz'))
    expect(packed.length).toBeGreaterThan(0)
    for (const { path, bytes } of packed) {
      const whole = gunzipSync(readFileSync(path))
      expect(digestOf(whole)).toBe(basename(dirname(path)) + basename(path, '.gz'))
      expect(Math.ceil(bytes / 4096)).toBeLessThan(Math.ceil(whole.length / 4096))
    }
  })

  it('writes nothing again that is kept', async () => {
    const path = artifact('demo', vector)
    await store.keep(path)
    const before = stored()
    await store.keep(path)
    await new ObjectStore(folder).keep(path)
    expect(stored()).toEqual(before)
    writeFileSync(join(path, 'B.md'), 'C\n')
    await store.keep(path)
    // One content, one tree, one line from its H1.
    expect(stored().length).toBe(before.length + 3)
    expect(stored()).toEqual(expect.arrayContaining(before))
  })

  it('finds the last tree with an H1, and none for a link that stands for an artifact', async () => {
    const path = artifact('demo', vector)
    const tree = await store.keep(path)
    expect(await store.treeOfH1(vectorH1)).toEqual(tree)
    expect(await store.treeOfH1(digestOf('other'))).toBeNull()
    chmodSync(join(path, 'B.md'), 0o755)
    const changed = await store.keep(path)
    expect(changed.h1).toBe(tree.h1)
    expect(await store.treeOfH1(vectorH1)).toEqual(changed)
    symlinkSync('demo', at('linked'))
    await store.keep(at('linked'), { asLink: true })
    expect(await store.treeOfH1(vectorH1)).toEqual(changed)
  })

  it.each([
    ['cut off', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['emptied', (path: string) => truncateSync(path, 0)],
    ['replaced', (path: string) => writeFileSync(path, 'something else')],
    [
      'changed in one bit',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
        writeFileSync(path, bytes)
      },
    ],
  ])('never gives out what was %s, and keeps it anew', async (_, damage) => {
    const path = artifact('demo', { 'SKILL.md': 'short', 'long.md': 'long\n'.repeat(5_000) })
    const tree = await store.keep(path)
    const [long, short] = ['long\n'.repeat(5_000), 'short'].map(digestOf) as [string, string]
    expect(objectOf('content', long)).toMatch(/\.gz$/)
    for (const digest of [long, short]) {
      damage(objectOf('content', digest))
      expect(await new ObjectStore(folder).read(digest)).toBeNull()
    }
    await expect(new ObjectStore(folder).write(tree, at('copy'))).rejects.toMatchObject({
      slug: 'object.missing',
    })
    expect(readdirSync(home)).not.toContain('copy')
    damage(objectOf('trees', tree.id))
    expect(await store.tree(tree.id)).toBeNull()
    expect(await store.treeOfH1(tree.h1)).toBeNull()

    await new ObjectStore(folder).keep(path)
    const healed = new ObjectStore(folder)
    expect(await isWhole(healed, await healed.treeOfH1(tree.h1))).toBe(true)
  })

  it('does not touch what lies where an artifact shall be written', async () => {
    const tree = await store.keep(artifact('demo', vector))
    const file = await store.keep(join(at('demo'), 'B.md'))
    artifact('taken', { 'mine.md': 'mine' })
    for (const wanted of [tree, file]) {
      await expect(store.write(wanted, at('taken'))).rejects.toMatchObject({ code: 'EEXIST' })
      await expect(store.write(wanted, at('taken/mine.md'))).rejects.toMatchObject({ code: 'EEXIST' })
    }
    expect(readFileSync(at('taken/mine.md'), 'utf8')).toBe('mine')
  })

  it.each(['../out', '/etc/passwd', 'a/../../out', 'a//b', './a', 'a\0b', ''])(
    'refuses to write %j, whoever made the tree',
    async (path) => {
      const digest = await store.keepContent('x')
      const tree = newTree({
        h1: digest,
        isFile: false,
        entries: [{ path, kind: 'file', mode: 0o644, digest, size: 1 }],
      })
      await expect(store.write(tree, at('copy'))).rejects.toMatchObject({ slug: 'object.bad_path' })
      expect(readdirSync(home)).toEqual(['objects'])
    },
  )

  it('lets several processes keep at a time, and has only whole trees when they are killed', async () => {
    const script = fileURLToPath(new URL('../../../../../support/keep-forever.ts', import.meta.url))
    const told: string[] = []
    for (let round = 0; round < 4; round++) {
      const keepers = [0, 1, 2].map((number) => {
        const word = `${round}.${number}`
        const child = spawn(process.execPath, [script, folder, at('scratch'), word], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const lines = createInterface(child.stdout)
        let count = 0
        const gone = new Promise((resolve) => child.once('close', resolve))
        lines.on('line', (line) => {
          told.push(line)
          // Another point of the work for each.
          if (++count === 1 + round * 2 + number) setImmediate(() => child.kill('SIGKILL'))
        })
        return gone
      })
      await Promise.all(keepers)
    }
    const after = new ObjectStore(folder)
    expect(told.length).toBeGreaterThanOrEqual(40)
    for (const id of told) expect(await isWhole(after, await after.tree(id))).toBe(true)
    let listed = 0
    for await (const { digest } of after.trees.list()) {
      if (digest === null) continue
      listed++
      expect(await isWhole(after, await after.tree(digest))).toBe(true)
    }
    expect(listed).toBeGreaterThanOrEqual(new Set(told).size)
    // What the killed ones left is swept once it is old.
    age()
    await collectGarbage(after, { trees: [], contents: [], h1: [] })
    expect(stored()).toEqual([])
  })
})

describe('collectGarbage', () => {
  const none = { trees: [], contents: [], h1: [] }

  it('drops what nothing refers to, and keeps what trees, contents and H1 of roots lead to', async () => {
    const [a, b, c, d] = (await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => store.keep(artifact(name, { 'SKILL.md': name, 'same.md': 'same' }))),
    )) as [Tree, Tree, Tree, Tree]
    const content = await store.keepContent('an operation')
    const lost = await store.keepContent('nobody wants this')
    age()
    const trial = await collectGarbage(store, { trees: [a.id], contents: [content], h1: [b.h1] }, true)
    const before = stored()
    expect(await collectGarbage(store, { trees: [a.id], contents: [content], h1: [b.h1] })).toEqual(trial)
    // Two trees, the text of each, and the content nobody wants.
    expect(trial).toMatchObject({ objects: 5 })
    expect(before.length - stored().length).toBe(5 + 2)
    const after = new ObjectStore(folder)
    for (const tree of [a, b]) expect(await isWhole(after, await after.tree(tree.id))).toBe(true)
    for (const tree of [c, d]) expect(await after.tree(tree.id)).toBeNull()
    expect(await after.treeOfH1(b.h1)).toEqual(b)
    expect(await after.read(content)).not.toBeNull()
    expect(await after.read(lost)).toBeNull()
  })

  it('drops nothing younger than an hour, nor what something young refers to', async () => {
    const path = artifact('demo', vector)
    await store.keep(path)
    const before = stored()
    expect(await collectGarbage(store, none)).toMatchObject({ objects: 0, bytes: 0 })
    expect(stored()).toEqual(before)
    age()
    // Kept again, it is as good as new.
    await new ObjectStore(folder).keep(path)
    expect(await collectGarbage(new ObjectStore(folder), none)).toMatchObject({ objects: 0 })
    age()
    expect(await collectGarbage(new ObjectStore(folder), none)).toMatchObject({ objects: 9 })
    expect(stored()).toEqual([])
  })

  it('lets nobody lose what is kept while it drops', async () => {
    const path = artifact('demo', vector)
    for (let round = 0; round < 20; round++) {
      const keeper = new ObjectStore(folder)
      await keeper.keep(path)
      age()
      const [tree] = await Promise.all([new ObjectStore(folder).keep(path), collectGarbage(keeper, none)])
      const after = new ObjectStore(folder)
      expect(await isWhole(after, await after.tree(tree.id))).toBe(true)
    }
  })
})
