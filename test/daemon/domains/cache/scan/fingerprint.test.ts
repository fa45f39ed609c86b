import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addFile,
  emptyFingerprint,
  fingerprintHex,
  hashPath,
  pathSeed,
} from '../../../../../daemon/domains/cache/scan/fingerprint.ts'

type File = { name: string; size: number; mtime: number; ino: number }

const files = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 12 }),
    size: fc.nat(),
    mtime: fc.double({ min: 0, max: 4e12, noNaN: true }),
    ino: fc.nat(),
  }),
  { selector: (file) => file.name, minLength: 1, maxLength: 20 },
)

function hexOf(list: File[]): string {
  const sum = emptyFingerprint()
  for (const file of list) {
    addFile(sum, hashPath(pathSeed, file.name, emptyFingerprint()), file.size, file.mtime, file.ino)
  }
  return fingerprintHex(sum)
}

describe('fingerprint', () => {
  it('is 16 hex digits and does not depend on the order of files', () => {
    fc.assert(
      fc.property(files, (list) => {
        expect(hexOf(list)).toMatch(/^[0-9a-f]{16}$/)
        expect(hexOf([...list].reverse())).toBe(hexOf(list))
      }),
    )
  })

  it('changes with the name, size, mtime or inode of any file, and when one goes', () => {
    fc.assert(
      fc.property(files, fc.nat(), (list, seed) => {
        const at = seed % list.length
        const file = list[at] as File
        const other = (change: Partial<File>) => hexOf(list.with(at, { ...file, ...change }))
        const all = hexOf(list)
        expect(other({ name: `${file.name}x` })).not.toBe(all)
        expect(other({ size: file.size + 1 })).not.toBe(all)
        expect(other({ mtime: file.mtime + 0.001 * (file.mtime / 1e9 + 1) })).not.toBe(all)
        expect(other({ ino: file.ino + 1 })).not.toBe(all)
        expect(hexOf(list.toSpliced(at, 1))).not.toBe(all)
      }),
    )
  })

  it('tells a/bc from ab/c', () => {
    const path = (...parts: string[]) => {
      let seed = { ...pathSeed }
      for (const part of parts) seed = hashPath(seed, part, emptyFingerprint())
      return seed
    }
    expect(path('a', 'bc')).not.toEqual(path('ab', 'c'))
  })

  it('has no collision among the files of a large tree', () => {
    const seen = new Set<string>()
    for (let i = 0; i < 100_000; i++) {
      seen.add(
        hexOf([
          { name: 'SKILL.md', size: 1000 + (i % 500), mtime: 1.7e12 + Math.floor(i / 500), ino: 131072 + i },
        ]),
      )
    }
    expect(seen.size).toBe(100_000)
  })

  it('has other values for other states of the same files', () => {
    const sum = { a: 1, b: 2 }
    expect(new Set([0, 1, 2, 3, 4, 5, 6, 7].map((state) => fingerprintHex(sum, state))).size).toBe(8)
  })
})
