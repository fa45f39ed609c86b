import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { indexArtifact } from '../../daemon/domains/cache/search-index.ts'
import { openForWriting } from '../../daemon/kernel/db/open.ts'
import { evenly, pickWords, swapped } from '../bench/words.ts'

const folder = mkdtempSync(join(tmpdir(), 'smd-words-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A cache in which `often` is in all, `middle` and `between` in 3 %, `seldom` in 0.2 % of 1,000 artifacts. */
function makeCache(): string {
  const file = join(folder, 'cache.db')
  const db = openForWriting(file)
  db.transaction(() => {
    db.runSql("INSERT INTO scan_units (kind, path, name) VALUES ('user', '/u', 'u')")
    for (let i = 0; i < 1_000; i++) {
      const description = `often${i < 30 ? ' middle words between' : ''}${i < 2 ? ' seldom' : ''}`
      const uid = Buffer.alloc(16)
      uid.writeUInt32BE(i)
      db.runSql('INSERT OR IGNORE INTO descriptions (digest, description) VALUES (?, ?)', uid, description)
      db.runSql(
        `INSERT INTO artifacts (uid, unit_id, name, type, scope, host, rel_path, stat_sig)
         VALUES (?, 1, ?, 'skill', 'user', 'claude-code', ?, x'00')`,
        uid.subarray(0, 8),
        `n-${i}`,
        String(i),
      )
      indexArtifact(db, {
        id: i + 1,
        name: `n-${i}`,
        type: 'skill',
        title: null,
        description,
        tags: [],
        source: null,
      })
    }
  })
  db.close()
  return file
}

describe('pickWords', () => {
  it('chooses words by the share of artifacts that have them', () => {
    const words = pickWords(makeCache())
    expect(words.common[0]).toBe('often')
    expect(words.commonShare).toBe(1)
    expect(words.rare).toEqual(['seldom'])
    expect(words.typical).toEqual(['middle between'])
    expect(words.beginnings).toContain('oft')
    expect(words.misspelt).toEqual(['bewteen'])
    expect(words.typed.slice(0, 3)).toEqual(['n', 'n-', 'n-0'])
  })
})

describe('swapped', () => {
  it('changes the places of two letters in the middle', () => {
    expect(swapped('between')).toBe('bewteen')
    expect(swapped('search')).toBe('serach')
  })
})

describe('evenly', () => {
  it('takes items from the whole list, or all when there are few', () => {
    expect(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5)).toEqual([0, 2, 4, 6, 8])
    expect(evenly([1, 2], 5)).toEqual([1, 2])
  })
})
