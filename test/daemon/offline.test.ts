import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheWrites } from '../../daemon/domains/cache/writes.ts'
import { openForWriting } from '../../daemon/kernel/db/open.ts'
import { openOffline } from '../../daemon/offline.ts'
import { SmdError } from '../../protocol/errors.ts'
import { skill, type TestHome, useTestHome } from '../support/test-daemon.ts'

const makeHome = useTestHome()
const reason = new SmdError('daemon.unavailable', { reason: 'nobody listens' })

/** A home with one project on disk. */
const home = (env: NodeJS.ProcessEnv = {}): TestHome =>
  makeHome({ env, prepare: ({ write }) => write('projects/shop/.claude/skills/a/SKILL.md', skill('a')) })

function offline({ home, around }: TestHome) {
  const remarks: string[] = []
  const { paths, env } = around
  const cwd = join(home, 'projects/shop')
  const remark = (text: string): void => void remarks.push(text)
  return { remarks, ...openOffline({ paths, env, cwd, remark, reason, source: 'cache' }) }
}

/** A cache that was filled once, with nothing in it. */
function fillCache(file: string): void {
  const db = openForWriting(file)
  cacheWrites.finishRefresh(db, { now: 1, changes: 0, unforeseen: [], full: true, retentionDays: 0 })
  db.close()
}

describe('openOffline (CACHE-4.1b)', () => {
  it('answers from the cache where the settings put it', async () => {
    const made = makeHome({ env: {} })
    const file = join(made.home, 'elsewhere', 'cache.db')
    fillCache(file)
    const around = { ...made.around, env: { ...made.around.env, SMD_CACHE_PATH: file } }
    const { call, close, remarks } = offline({ ...made, around })
    expect(await call('artifacts.list', {})).toMatchObject({ total: 0 })
    expect(remarks.join()).toContain('Read from the cache')
    close()
  })

  it('reads the project at hand when there is no cache', async () => {
    const { call, close, remarks } = offline(home())
    expect((await call('artifacts.list', {})).items.map((item) => item.name)).toEqual(['a'])
    expect(remarks.join()).toContain('There is no cache either')
    close()
  })

  it('reads the disk when the cache is switched off, whatever the file holds', async () => {
    const made = home({ FEATURE_CACHE_ENABLED: 'false' })
    fillCache(made.around.paths.cacheDb)
    const { call, close } = offline(made)
    expect((await call('artifacts.list', {})).items.map((item) => item.name)).toEqual(['a'])
    close()
  })

  it('refuses commands with the reason, and opens nothing for them', async () => {
    const { call, close, remarks } = offline(home())
    await expect(call('cache.clear', {})).rejects.toBe(reason)
    expect(remarks).toEqual([])
    close()
  })
})
