import { describe, expect, it } from 'vitest'
import { computedHash, gitObjectId, gitTreeSha, hashH1, sha256 } from './folder-hashes.ts'

/** The tree of formats spec section 5.1. */
const vector = Object.entries({
  'café.txt': 'café\n',
  'SKILL.md': '---\nname: demo\n---\nHello\n',
  'a-b/x.txt': 'two\n',
  'a/x.txt': 'one\n',
  '.hidden/h.txt': 'h\n',
  '__pycache__/m.pyc': 'c\n',
  '.DS_Store': 'ds',
  'B.md': 'B\n',
}).map(([path, text]) => ({ path, bytes: Buffer.from(text) }))

describe('hashes of folders', () => {
  it('give the H1 vectors of the formats spec', () => {
    expect(hashH1(vector)).toBe('4fec45472dc9a50c9ae20c48358412d3a09436d04f2f73b40442c19ecc1216ed')
    expect(sha256(Buffer.from('solo\n'))).toBe(
      '81d6bf3b18d09327c6a7e75c37d3bfb92b4f88807dee37ad2911c08f1690bfbe',
    )
  })

  it('give the ids git gives', () => {
    expect(gitObjectId('blob', Buffer.alloc(0))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
    expect(gitTreeSha([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
    expect(gitTreeSha(vector)).toBe('972019b49ad3f0fb2d3a1d5f14f736ea9c2f4ee2')
  })

  it('do not depend on the order of the list', () => {
    const reversed = [...vector].reverse()
    for (const hash of [hashH1, computedHash, gitTreeSha]) expect(hash(reversed)).toBe(hash(vector))
  })
})
