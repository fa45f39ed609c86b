import { describe, expect, it } from 'vitest'
import { createInlineEngine } from '../../../../daemon/domains/cache/inline-engine.ts'
import { IntegrityCheck } from '../../../../daemon/domains/cache/integrity-check.ts'
import { openForWriting } from '../../../../daemon/kernel/db/open.ts'
import { damageTable } from '../../../support/damage.ts'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

describe('cache.check', () => {
  const start = useTestDaemon()
  const prepare = ({ write }: { write(path: string, content: string): string }): void =>
    void write('src/shop/.claude/skills/a/SKILL.md', skill('a'))

  it('says that a sound cache is in order, and when that was seen', async () => {
    const { call, clock } = await start({ prepare })
    clock.now = 5_000
    expect(await call('cache.check', {})).toEqual({ checkedAt: 5_000, problem: null })
    clock.now += 600_000
    expect(await call('cache.check', {})).toMatchObject({ checkedAt: 5_000 })
    clock.now += 1
    expect(await call('cache.check', {})).toMatchObject({ checkedAt: 605_001 })
    clock.now += 10
    expect(await call('cache.check', { maxAgeMs: 10 })).toMatchObject({ checkedAt: 605_001 })
    expect(await call('cache.check', { maxAgeMs: 9 })).toMatchObject({ checkedAt: 605_011 })
  })

  it('names what is damaged, once for all who ask at the same time, and does not keep that verdict', async () => {
    const { around, call } = await start({ prepare })
    await call('cache.check', {})
    const file = around.paths.cacheDb
    openForWriting(file).close()
    damageTable(file, 'marketplace')
    const db = openForWriting(file)
    const check = new IntegrityCheck(createInlineEngine(db), () => 7)
    const found: string[] = []
    check.onDamage = (problem) => void found.push(problem)
    const verdicts = await Promise.all([check.latest(0), check.latest(0), check.run()])
    for (const { checkedAt, problem } of verdicts) {
      expect(checkedAt).toBe(7)
      expect(problem).toMatch(/\S/)
    }
    expect(found).toEqual([verdicts[0]?.problem])
    await check.latest(1_000)
    expect(found).toHaveLength(2)
    db.close()
  })
})
