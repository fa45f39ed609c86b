import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packBundle, writeNewFile } from '../../../client-cli/support/write-bundle.ts'
import { unzip } from '../../support/unzip.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smd-bundle-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const parts = [
  { name: 'b.txt', what: '', text: 'zwei é\n' },
  { name: 'a.json', what: '', text: '{}\n' },
]
const at = new Date(1_780_000_000_000)

describe('packBundle', () => {
  it('makes an archive with the parts by name, each for its owner only', async () => {
    expect(await unzip(await packBundle(parts, at))).toEqual([
      { name: 'smd-support/a.json', mode: 0o100600, text: '{}\n' },
      { name: 'smd-support/b.txt', mode: 0o100600, text: 'zwei é\n' },
    ])
  })

  it('makes the same bytes of the same parts, in whatever order', async () => {
    const first = await packBundle(parts, at)
    expect((await packBundle(parts.toReversed(), at)).equals(first)).toBe(true)
  })
})

describe('writeNewFile', () => {
  it('writes a file that only its owner may read, whatever the umask', () => {
    const path = join(folder, 'x.zip')
    const umask = process.umask(0)
    try {
      writeNewFile(path, Buffer.from('x'))
    } finally {
      process.umask(umask)
    }
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('replaces nothing', () => {
    const path = join(folder, 'x.zip')
    writeFileSync(path, 'mine')
    chmodSync(path, 0o644)
    expect(() => writeNewFile(path, Buffer.from('x'))).toThrow(
      `${path} cannot be written: it exists already.`,
    )
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  it('says why it cannot write', () => {
    expect(() => writeNewFile(join(folder, 'no/x.zip'), Buffer.from('x'))).toThrow(
      /cannot be written: ENOENT/,
    )
  })
})
