import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  FilesQuery,
  UpstreamFile,
  UpstreamProviders,
} from '../../../../daemon/domains/upstream/source.ts'
import { noProviders } from '../../../../daemon/domains/upstream/writer/index.ts'
import { KeptFiles } from '../../../../daemon/domains/upstream/writer/kept-files.ts'
import { openSourceFiles } from '../../../../daemon/domains/upstream/writer/source-files.ts'

let folder: string
let now: number
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'smd-kept-')), 'upstream-files')
  now = Date.UTC(2026, 0, 5)
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const open = (maxBytes?: number): KeptFiles => new KeptFiles(folder, () => now, maxBytes)
const idOf = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const query: FilesQuery = {
  source: { kind: 'github', owner: 'o', repo: 'r', ref: null },
  path: 'skills/a',
  digest: 'a'.repeat(40),
  revision: 'b'.repeat(40),
  isFile: false,
}
const file = (path: string, content: string): UpstreamFile & { content: Buffer } => {
  const bytes = Buffer.from(content)
  return { path, mode: '100644', id: idOf(bytes), sizeBytes: bytes.length, content: bytes }
}

describe('kept files', () => {
  it('are there again, for the next one who opens the folder', () => {
    const content = randomBytes(100_000)
    const listing = {
      isFile: false,
      files: [{ path: 'é\n.md', mode: '100755' as const, id: idOf(content), sizeBytes: null }],
    }
    const first = open()
    expect([first.content(idOf(content)), first.listing(query)]).toEqual([null, null])
    first.keepContent(idOf(content), content)
    first.keepListing(query, listing)
    expect(open().content(idOf(content))).toEqual(content)
    expect(open().listing(query)).toEqual(listing)
    expect(open().listing({ ...query, digest: 'c'.repeat(40) })).toBeNull()
    expect(open().listing({ ...query, path: 'skills/b' })).toBeNull()
  })

  it('are for their owner alone (S1)', () => {
    const content = Buffer.from('content')
    open().keepContent(idOf(content), content)
    expect(files().map((each) => statSync(each).mode & 0o777)).toEqual([0o600])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['cut short', (path: string) => truncateSync(path, 3)],
    ['emptied', (path: string) => truncateSync(path, 0)],
    ['replaced', (path: string) => writeFileSync(path, 'something else')],
    ['deleted', (path: string) => rmSync(path)],
  ])('count as not there when they were %s', (_, damage) => {
    const content = Buffer.from('content')
    const kept = open()
    kept.keepContent(idOf(content), content)
    kept.keepListing(query, { isFile: false, files: [] })
    for (const path of files()) damage(path)
    expect([kept.content(idOf(content)), kept.listing(query)]).toEqual([null, null])
    kept.keepContent(idOf(content), content)
    expect(kept.content(idOf(content))).toEqual(content)
  })

  it('stay within their size: what was not used for longest goes', () => {
    const kept = open(10_000)
    const contents = Array.from({ length: 20 }, (_, i) => Buffer.from(`${i}`.padEnd(1_000, '.')))
    for (const content of contents) {
      now += 1_000
      kept.keepContent(idOf(content), content)
      // The first one is used all the time
      kept.content(idOf(contents[0] as Buffer))
    }
    kept.tidy()
    const left = contents.map((content, i) => (kept.content(idOf(content)) ? i : -1)).filter((i) => i >= 0)
    expect(left).toEqual([0, 14, 15, 16, 17, 18, 19])
  })

  it('cannot be kept where a file is in the way, which does no harm', () => {
    mkdirSync(join(folder, '..'), { recursive: true })
    writeFileSync(folder, 'no folder')
    const kept = open()
    expect(kept.keepContent('d'.repeat(40), Buffer.from('x'))).toBe(false)
    kept.keepListing(query, { isFile: false, files: [] })
    kept.tidy()
    expect(kept.listing(query)).toBeNull()
  })
})

describe('the files of a source', () => {
  const one = file('a.md', 'one')
  const two = file('b.md', 'two')
  const signal = new AbortController().signal

  function source(
    found: Array<UpstreamFile & { content: Buffer }>,
  ): UpstreamProviders & { asked: string[]; closed: number } {
    const providers = {
      ...noProviders,
      asked: [] as string[],
      closed: 0,
      async files() {
        providers.asked.push('files')
        return {
          kind: 'files' as const,
          isFile: false,
          files: found.map(({ content: _, ...rest }) => rest),
          async contents(
            wanted: readonly UpstreamFile[],
            _max: number,
            told: (id: string, content: Buffer) => void,
          ) {
            providers.asked.push(...wanted.map(({ path }) => path))
            for (const { path, id } of wanted) {
              const content = found.find((each) => each.path === path)?.content
              if (content) told(id, content)
            }
          },
          close: async () => void providers.closed++,
        }
      },
    }
    return providers
  }

  it('are asked for once, and each content when it is wanted', async () => {
    const providers = source([one, two])
    const options = { providers, kept: open(), maxBytes: 1_000, signal }
    const first = await openSourceFiles(query, options)
    if (first.kind !== 'files') return expect.fail('not on the disk')
    await first.prepare([one])
    expect([first.content(one)?.toString(), first.content(two)]).toEqual(['one', null])
    await first.close()
    const second = await openSourceFiles(query, options)
    if (second.kind !== 'files') return expect.fail('not on the disk')
    await second.prepare([one])
    expect(second.content(one)?.toString()).toBe('one')
    await second.prepare([one, two])
    expect(second.content(two)?.toString()).toBe('two')
    await second.close()
    expect(providers.asked).toEqual(['files', 'a.md', 'files', 'b.md'])
    expect(providers.closed).toBe(2)
  })

  it('are at hand also where nothing can be kept', async () => {
    const opened = await openSourceFiles(query, {
      providers: source([one]),
      kept: null,
      maxBytes: 1_000,
      signal,
    })
    if (opened.kind !== 'files') return expect.fail('not on the disk')
    await opened.prepare([one])
    expect(opened.content(one)?.toString()).toBe('one')
  })

  it('are asked for each time when nobody knows whether they are still the same', async () => {
    const providers = source([one])
    const options = { providers, kept: open(), maxBytes: 1_000, signal }
    for (let time = 0; time < 2; time++) await openSourceFiles({ ...query, digest: null }, options)
    expect(providers.asked).toEqual(['files', 'files'])
  })

  it('are not fetched when they are too long, and not believed when they are something else', async () => {
    const providers = source([one, { ...two, id: 'e'.repeat(40) }])
    const opened = await openSourceFiles(query, { providers, kept: open(), maxBytes: 2, signal })
    if (opened.kind !== 'files') return expect.fail('not on the disk')
    await opened.prepare([one])
    expect(providers.asked).toEqual(['files'])
    const wrong = { ...two, id: 'e'.repeat(40), sizeBytes: null }
    await expect(opened.prepare([wrong])).rejects.toMatchObject({
      name: 'UpstreamError',
      reason: 'bad_answer',
    })
    expect(opened.content(wrong)).toBeNull()
  })
})
