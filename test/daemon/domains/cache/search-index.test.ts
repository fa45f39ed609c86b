import { describe, expect, it } from 'vitest'
import {
  clearSearchIndex,
  indexArtifact,
  mergeSearchIndex,
  refreshVocabulary,
  type SearchableArtifact,
  unindexArtifacts,
} from '../../../../daemon/domains/cache/search-index.ts'
import { vocabularyOf } from '../../../../daemon/domains/cache/search-vocabulary.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'

const sample: SearchableArtifact = {
  id: 7,
  name: 'release-notes',
  type: 'output-style',
  title: 'Release notes',
  description: 'Writes a changelog from the commits since a tag.',
  tags: ['git', 'writing'],
  source: 'github:owner/repo',
}

const found = (db: Database, table: 'artifact_text' | 'artifact_names', match: string): number[] =>
  db
    .allSql<{ id: number }>(`SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ?`, match)
    .map(({ id }) => id)

describe('indexArtifact (CACHE-5.4b)', () => {
  it('makes every searchable text findable in its column', () => {
    const db = openInMemory()
    indexArtifact(db, sample)
    for (const match of [
      'name:notes',
      'title:release',
      'description:changelog',
      'tags:git',
      'source:owner',
    ]) {
      expect(found(db, 'artifact_text', match), match).toEqual([7])
    }
    expect(found(db, 'artifact_names', 'rel*')).toEqual([7])
    expect(found(db, 'artifact_names', 'tags : writ*')).toEqual([7])
  })

  it('replaces what an artifact said before', () => {
    const db = openInMemory()
    indexArtifact(db, sample)
    indexArtifact(db, { ...sample, name: 'summary', description: 'Sums up.', tags: [] })
    expect(found(db, 'artifact_text', 'changelog')).toEqual([])
    expect(found(db, 'artifact_names', 'rel*')).toEqual([])
    expect(found(db, 'artifact_text', 'sums')).toEqual([7])
  })

  it('leaves out what a description says beyond 1,024 characters', () => {
    const db = openInMemory()
    indexArtifact(db, { ...sample, description: `${'word '.repeat(204)}inside outside` })
    expect(found(db, 'artifact_text', 'word')).toEqual([7])
    expect(found(db, 'artifact_text', 'outside')).toEqual([])
  })
})

describe('unindexArtifacts', () => {
  it('takes artifacts out of both tables and ignores unknown ids', () => {
    const db = openInMemory()
    indexArtifact(db, sample)
    indexArtifact(db, { ...sample, id: 8 })
    unindexArtifacts(db, [7, 99])
    expect(found(db, 'artifact_text', 'changelog')).toEqual([8])
    expect(found(db, 'artifact_names', 'rel*')).toEqual([8])
  })
})

describe('clearSearchIndex', () => {
  it('empties both tables and forgets the words', () => {
    const db = openInMemory()
    indexArtifact(db, sample)
    refreshVocabulary(db)
    clearSearchIndex(db)
    expect(found(db, 'artifact_text', 'changelog')).toEqual([])
    expect(found(db, 'artifact_names', 'rel*')).toEqual([])
    expect(vocabularyOf(db).count('changelog')).toBe(0)
  })
})

describe('refreshVocabulary (CACHE-5.4b)', () => {
  it('keeps the words with their number of artifacts, without numbers and marks of types', () => {
    const db = openInMemory()
    indexArtifact(db, { ...sample, description: 'Über 2024 Grüße' })
    indexArtifact(db, { ...sample, id: 8, description: null })
    expect(refreshVocabulary(db)).toBe(true)
    const vocabulary = vocabularyOf(db)
    expect(vocabulary.count('release')).toBe(2)
    expect(vocabulary.count('gruße')).toBe(1)
    expect(vocabulary.count('2024')).toBe(0)
    expect(vocabulary.containing('outputstyle', 9)).toEqual([])
  })

  it('does nothing when the index did not change', () => {
    const db = openInMemory()
    indexArtifact(db, sample)
    expect([refreshVocabulary(db), refreshVocabulary(db)]).toEqual([true, false])
  })

  it('is seen by a search that already knew the old words', () => {
    const db = openInMemory()
    indexArtifact(db, sample)
    refreshVocabulary(db)
    expect(vocabularyOf(db).count('brandnew')).toBe(0)
    indexArtifact(db, { ...sample, id: 8, name: 'brandnew' })
    refreshVocabulary(db)
    expect(vocabularyOf(db).count('brandnew')).toBe(1)
    unindexArtifacts(db, [8])
    refreshVocabulary(db)
    expect(vocabularyOf(db).count('brandnew')).toBe(0)
  })

  it('works inside the transaction that changed the index', () => {
    const db = openInMemory()
    db.transaction(() => {
      indexArtifact(db, sample)
      refreshVocabulary(db)
    })
    expect(vocabularyOf(db).count('changelog')).toBe(1)
  })
})

describe('mergeSearchIndex', () => {
  it('brings many small segments down to one, step by step, and keeps every word', () => {
    const db = openInMemory()
    for (let id = 1; id <= 200; id++) {
      db.transaction(() =>
        indexArtifact(db, { ...sample, id, name: `note-${id}`, description: `word${id} `.repeat(9) }),
      )
    }
    let steps = 0
    while (mergeSearchIndex(db, 1) && steps < 1_000) steps++
    expect(steps).toBeGreaterThan(0)
    expect(steps).toBeLessThan(1_000)
    expect(db.valueSql('SELECT count(DISTINCT segid) FROM artifact_text_idx')).toBe(1)
    for (const id of [1, 77, 200]) expect(found(db, 'artifact_text', `word${id}`)).toEqual([id])
  })
})
