import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CacheMemo } from '../../../../daemon/domains/cache/memo.ts'
import { openForReading, openForWriting, openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()

describe('CacheMemo', () => {
  it.each(['this connection', 'another connection'])(
    'forgets what %s may have changed, and nothing else',
    (who) => {
      const file = join(makeHome().home, 'cache.db')
      const writer = openForWriting(file)
      const reader = openForReading(file)
      const db = who === 'this connection' ? writer : reader
      const memo = new CacheMemo(db)
      let asked = 0
      const count = (): number => {
        memo.refresh()
        return memo.counted('all', () => {
          asked++
          return db.valueSql<number>('SELECT count(*) FROM cache_metadata') ?? -1
        })
      }
      const before = count()
      expect([count(), asked]).toEqual([before, 1])
      writer.runSql("INSERT INTO cache_metadata (key) VALUES ('one')")
      expect([count(), asked]).toEqual([before + 1, 2])
      expect([count(), asked]).toEqual([before + 1, 2])
      reader.close()
      writer.close()
    },
  )

  it('forgets everything when another database takes the place of the one it looks at', () => {
    const db = openInMemory()
    fillWithArtifacts(db, 2, 10)
    const memo = new CacheMemo(db)
    memo.refresh()
    expect(memo.unitPath(1)).toBe('/home/dev/project-1')
    db.takeOver(openInMemory())
    memo.refresh()
    expect(memo.unitPath(1)).toBe('')
    db.close()
  })

  it('knows where units lie and how projects are shown, until one is renamed', () => {
    const db = openInMemory()
    fillWithArtifacts(db, 2, 10)
    const memo = new CacheMemo(db)
    memo.refresh()
    const project = memo.project(1)
    expect(project).toEqual({
      id: expect.stringMatching(/^prj_[0-9a-f]{16}$/),
      name: expect.stringMatching(/^project-0/),
      path: '/home/dev/project-1',
    })
    expect(memo.project(1)).toBe(project)
    expect([memo.project(99), memo.unitPath(99)]).toEqual([null, ''])
    db.runSql("UPDATE projects SET name = 'other' WHERE id = 1")
    memo.refresh()
    expect(memo.project(1)).toMatchObject({ name: 'other' })
    db.close()
  })

  it('remembers a bounded number of things', () => {
    const memo = new CacheMemo(openInMemory())
    const count = (key: number, value: number): number => {
      memo.refresh()
      return memo.counted(`${key}`, () => value)
    }
    for (let i = 0; i < 12_000; i++) expect(count(i, i)).toBe(i)
    expect(count(11_999, -1)).toBe(11_999)
    expect(count(0, -1)).toBe(-1)
  })
})
