import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  comparePaths,
  computedHash,
  hashFile,
  hashFolder,
  type ListedFile,
} from '../../../../../daemon/domains/cache/scan/content-hash.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'smd-hash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Record<string, string | Buffer>): ListedFile[] {
  return Object.entries(files).map(([relPath, content]) => {
    const absPath = path.join(folder, relPath)
    mkdirSync(path.dirname(absPath), { recursive: true })
    writeFileSync(absPath, content)
    return { relPath, absPath, sizeBytes: statSync(absPath).size }
  })
}

/** The tree of formats spec section 5.1, in no particular order. */
const vectorTree = {
  'café.txt': 'café\n',
  'a-b/x.txt': 'two\n',
  'SKILL.md': '---\nname: demo\n---\nHello\n',
  '__pycache__/m.pyc': 'c\n',
  'a/x.txt': 'one\n',
  '.DS_Store': 'ds',
  'B.md': 'B\n',
  '.hidden/h.txt': 'h\n',
}

describe('hashFolder', () => {
  it('gives the vectors of H1, whatever the order of the list', () => {
    const files = write(vectorTree)
    const expected = '4fec45472dc9a50c9ae20c48358412d3a09436d04f2f73b40442c19ecc1216ed'
    expect(hashFolder(files).hash).toBe(expected)
    expect(hashFolder(files.toReversed()).hash).toBe(expected)
    expect(hashFolder(files).bytesRead).toBe(files.reduce((sum, file) => sum + file.sizeBytes, 0))
  })

  it('gives the vector of a single file', () => {
    const [file] = write({ single: 'solo\n' })
    expect(hashFile(file as ListedFile).hash).toBe(
      '81d6bf3b18d09327c6a7e75c37d3bfb92b4f88807dee37ad2911c08f1690bfbe',
    )
  })

  it('reads nothing that the caller has read already', () => {
    const files = write(vectorTree).map((file) => ({
      ...file,
      bytes: readFileSync(file.absPath),
      absPath: 'gone',
    }))
    expect(hashFolder(files)).toEqual({
      hash: '4fec45472dc9a50c9ae20c48358412d3a09436d04f2f73b40442c19ecc1216ed',
      bytesRead: 0,
    })
    expect(hashFile({ absPath: 'gone', sizeBytes: 5, bytes: Buffer.from('solo\n') })).toEqual({
      hash: '81d6bf3b18d09327c6a7e75c37d3bfb92b4f88807dee37ad2911c08f1690bfbe',
      bytesRead: 0,
    })
  })

  it.each([0, 1, 262_143, 262_144, 262_145, 600_000, 1_500_000])(
    'hashes a file of %i bytes between small ones as one stream',
    (size) => {
      const big = Buffer.alloc(size, 'abcdefg')
      const files = write({ 'a.txt': 'a', 'b.bin': big, 'c.txt': 'c' })
      const plain = createHash('sha256')
        .update('a.txta')
        .update('b.bin')
        .update(big)
        .update('c.txtc')
        .digest('hex')
      expect(hashFolder(files)).toEqual({ hash: plain, bytesRead: size + 2 })
      expect(hashFile(files[1] as ListedFile).hash).toBe(createHash('sha256').update(big).digest('hex'))
      const given = files.map((file) => ({ ...file, bytes: readFileSync(file.absPath) }))
      expect(hashFolder(given).hash).toBe(plain)
    },
  )

  it('reads a file to its end though it has grown or shrunk since it was listed', () => {
    const [file] = write({ f: 'x'.repeat(300_000) })
    const expected = createHash('sha256').update('x'.repeat(300_000)).digest('hex')
    for (const sizeBytes of [0, 10, 299_999, 300_001, 900_000]) {
      expect(hashFile({ ...(file as ListedFile), sizeBytes }).hash).toBe(expected)
    }
  })

  it('hashes no file at all like nothing, and says which file is gone', () => {
    expect(hashFolder([]).hash).toBe(createHash('sha256').digest('hex'))
    expect(() => hashFolder([{ relPath: 'f', absPath: path.join(folder, 'f'), sizeBytes: 1 }])).toThrow(
      'ENOENT',
    )
  })

  it('equals one SHA-256 over path and content of the files in order', () => {
    const name = fc.string({ unit: fc.constantFrom(...'aB-._é\uFF5E\u{1F600}'), minLength: 1, maxLength: 4 })
    const relPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(relPath, fc.uint8Array({ maxLength: 50 })), { selector: ([p]) => p }),
        (entries) => {
          const plain = createHash('sha256')
          for (const [p, content] of [...entries].sort(([a], [b]) => comparePaths(a, b)))
            plain.update(p).update(content)
          const files = entries.map(([p, content]) => ({
            relPath: p,
            absPath: '',
            sizeBytes: 0,
            bytes: Buffer.from(content),
          }))
          expect(hashFolder(files).hash).toBe(plain.digest('hex'))
        },
      ),
    )
  })
})

describe('comparePaths', () => {
  it('orders the vector of H1', () => {
    expect(Object.keys(vectorTree).sort(comparePaths)).toEqual([
      '.DS_Store',
      '.hidden/h.txt',
      'B.md',
      'SKILL.md',
      '__pycache__/m.pyc',
      'a/x.txt',
      'a-b/x.txt',
      'café.txt',
    ])
  })

  it('compares components by code point, which is not how JavaScript compares strings', () => {
    const byComponents = (a: string, b: string): number => {
      const [x, y] = [a.split('/'), b.split('/')]
      for (let at = 0; at < Math.min(x.length, y.length); at++) {
        const [p, q] = [Array.from(x[at] as string), Array.from(y[at] as string)]
        for (let i = 0; i < Math.min(p.length, q.length); i++) {
          const difference = (p[i]?.codePointAt(0) ?? 0) - (q[i]?.codePointAt(0) ?? 0)
          if (difference !== 0) return difference
        }
        if (p.length !== q.length) return p.length - q.length
      }
      return x.length - y.length
    }
    const unit = fc.constantFrom(
      '/',
      '-',
      '.',
      'a',
      'Z',
      'é',
      '\uE000',
      '\uFFFD',
      '\u{10000}',
      '\u{1F600}',
      '\u0001',
    )
    const text = fc.string({ unit, maxLength: 5 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(comparePaths(a, b))).toBe(Math.sign(byComponents(a, b)))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('computedHash', () => {
  it('hashes in the order of localeCompare and leaves out .git and node_modules at any depth', () => {
    const files = write({
      'b.md': 'b',
      'B.md': 'B',
      'a/.git/config': 'x',
      'node_modules/m/index.js': 'x',
      '.gitignore': 'i',
      'a/c.md': 'c',
    })
    const kept = ['b.md', 'B.md', '.gitignore', 'a/c.md'].sort((a, b) => a.localeCompare(b))
    const plain = createHash('sha256')
    for (const name of kept) plain.update(name).update(readFileSync(path.join(folder, name)))
    expect(computedHash(files).hash).toBe(plain.digest('hex'))
    expect(computedHash(files).hash).not.toBe(hashFolder(files).hash)
  })
})
