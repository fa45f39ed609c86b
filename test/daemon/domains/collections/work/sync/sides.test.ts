import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ObjectStore, readTree } from '../../../../../../daemon/domains/collections/work/objects/index.ts'
import { treeOfEntries } from '../../../../../../daemon/domains/collections/work/sync/result-tree.ts'
import { diskSide, isWhole, keptSide } from '../../../../../../daemon/domains/collections/work/sync/sides.ts'

describe('sides of a merge', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'smd-sides-'))
    writeFileSync(join(folder, 'f'), 'one')
    symlinkSync('f', join(folder, 'link'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('read what the tree was read with, and nothing else (sync.changed)', async () => {
    const side = diskSide(await readTree(folder), folder)
    const [file, link] = side.entries
    if (!file || !link) throw new Error('two entries')
    expect((await side.read(file)).toString()).toBe('one')
    expect((await side.read(link)).toString()).toBe('f')
    writeFileSync(join(folder, 'f'), 'two')
    await expect(side.read(file)).rejects.toMatchObject({ slug: 'sync.changed' })
    rmSync(join(folder, 'f'))
    await expect(side.read(file)).rejects.toMatchObject({ slug: 'sync.changed' })
  })

  it('tell when the store has lost a content', async () => {
    const store = new ObjectStore(join(folder, 'store'))
    const tree = await readTree(folder)
    expect(await isWhole(tree, store)).toBe(false)
    await expect(keptSide(tree, store).read(keptSide(tree, store).entries[0] as never)).rejects.toMatchObject(
      {
        slug: 'object.missing',
      },
    )
    for (const content of ['one', 'f']) await store.keepContent(content)
    expect(await isWhole(tree, store)).toBe(true)
  })

  it('make trees with the hash that the disk has, links to files included', async () => {
    symlinkSync('link', join(folder, 'again'))
    symlinkSync('loop', join(folder, 'loop'))
    symlinkSync('nowhere', join(folder, 'broken'))
    const tree = await readTree(folder)
    const side = diskSide(tree, folder)
    const contents = new Map<string, Buffer>()
    for (const entry of side.entries) contents.set(entry.digest, await side.read(entry))
    const made = await treeOfEntries(
      side.entries.toReversed(),
      async (digest) => contents.get(digest) as Buffer,
    )
    expect(made.tree).toEqual(tree)
  })
})
