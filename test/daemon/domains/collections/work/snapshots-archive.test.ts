import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header, type HeaderData } from 'tar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unpackArchive } from '../../../../../daemon/domains/collections/work/snapshots/archive.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smd-archive-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Entry = HeaderData & { path: string; text?: string }

/** An archive of these entries, whatever they are. */
function archive(...entries: Entry[]): string {
  const blocks = entries.flatMap(({ text = '', ...data }) => {
    const header = Buffer.alloc(512)
    new Header({ mode: 0o644, mtime: new Date(0), size: text.length, type: 'File', ...data }).encode(header)
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512)
    content.write(text)
    return [header, content]
  })
  const file = join(folder, 'x.tar.gz')
  writeFileSync(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])))
  return file
}

const good: Entry[] = [
  { path: 'default/', type: 'Directory' },
  { path: 'default/collection.toml', text: '[collection]\n' },
]
const to = (): string => join(folder, 'to')

describe('unpackArchive', () => {
  it('unpacks a collection, with modes and the links inside of it', async () => {
    const file = archive(
      ...good,
      { path: 'default/skills/a/run.sh', text: 'x', mode: 0o755 },
      { path: 'default/skills/b/link', type: 'SymbolicLink', linkpath: '../a/run.sh' },
      { path: 'default/skills/b/hard', type: 'Link', linkpath: 'default/skills/a/run.sh' },
    )
    const root = await unpackArchive(file, to())
    expect(root).toBe(join(to(), 'default'))
    expect(readFileSync(join(root, 'skills/b/link'), 'utf8')).toBe('x')
    expect(readFileSync(join(root, 'skills/b/hard'), 'utf8')).toBe('x')
    expect(statSync(join(root, 'skills/a/run.sh')).mode & 0o100).toBe(0o100)
  })

  it.each<[string, Entry]>([
    ['an absolute path', { path: '/etc/passwd', text: 'x' }],
    ['a path of Windows', { path: 'C:/x', text: 'x' }],
    ['a path of another machine on Windows', { path: '\\\\server\\x', text: 'x' }],
    ['a way up', { path: 'default/../../x', text: 'x' }],
    ['a way up that comes back', { path: 'default/../default/x', text: 'x' }],
    ['a link to an absolute path', { path: 'default/x', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
    ['a link that leads out', { path: 'default/a/x', type: 'SymbolicLink', linkpath: '../../x' }],
    ['a link out and in again', { path: 'default/x', type: 'SymbolicLink', linkpath: '../default/y' }],
    ['a hard link that leads out', { path: 'default/x', type: 'Link', linkpath: '../x' }],
    ['a hard link to an absolute path', { path: 'default/x', type: 'Link', linkpath: '/etc/passwd' }],
    ['a device', { path: 'default/x', type: 'CharacterDevice' }],
    ['a pipe', { path: 'default/x', type: 'FIFO' }],
    ['a second top folder', { path: 'other/x', text: 'x' }],
  ])('refuses %s before it writes anything', async (_, entry) => {
    const refused = { slug: 'snapshot.unsafe_archive', details: { file: join(folder, 'x.tar.gz') } }
    await expect(unpackArchive(archive(...good, entry), to())).rejects.toMatchObject(refused)
    expect(readdirSync(folder)).toEqual(['x.tar.gz'])
  })

  it.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['is no archive', () => Buffer.from('something else')],
    ['is damaged', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 30, 60)],
  ])('says that one %s', async (_, damage) => {
    const file = archive(...good, { path: 'default/big.md', text: 'words and more words\n'.repeat(2_000) })
    writeFileSync(file, damage(readFileSync(file)))
    await expect(unpackArchive(file, to())).rejects.toMatchObject({ slug: 'snapshot.damaged' })
  })
})
