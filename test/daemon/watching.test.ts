import { afterEach, describe, expect, it } from 'vitest'
import { watchFiles } from '../../daemon/watching.ts'
import { skill, type TestDaemon, useTestDaemon } from '../support/test-daemon.ts'

const start = useTestDaemon()
const closing: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A daemon that watches what its first refresh found. */
async function watching(): Promise<TestDaemon> {
  const daemon = await start({
    prepare({ write }) {
      write('projects/shop/.claude/skills/a/SKILL.md', skill('a'))
      write('elsewhere/notes/.claude/skills/n/SKILL.md', skill('n'))
    },
  })
  const { refresher } = daemon.ctx
  const watches = watchFiles(daemon.ctx)
  closing.push(async () => {
    await watches.close()
    await refresher.settled()
  })
  await refresher.refresh({ only: null, force: true })
  await daemon.call('cache.sync', {})
  return daemon
}

const warnings = ({ ctx }: TestDaemon): string[] => ctx.health.warnings.map(({ code }) => code)

describe('a change of a file', () => {
  it('is read by itself', async () => {
    const daemon = await watching()
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await expect
      .poll(async () => (await daemon.call('artifacts.list', {})).items.map(({ name }) => name))
      .toContain('b')
  })
})

describe('config.toml, changed by hand', () => {
  it('is in force at once, and what is wrong with it is a warning only as long as it is', async () => {
    const daemon = await watching()
    const file = '.smd/config/config.toml'
    daemon.write(file, '[cache]\nttl_minutes = 7\nttl_minuets = 7\n')
    await expect.poll(() => daemon.ctx.settings.current.cache.ttl_minutes).toBe(7)
    await expect.poll(() => warnings(daemon)).toEqual(['config.unknown_key'])
    daemon.write(file, '[cache]\nttl_minutes = 0\n')
    await expect.poll(() => warnings(daemon)).toContain('config.invalid')
    expect(daemon.ctx.settings.current.cache.ttl_minutes).toBe(7)
    daemon.write(file, '[cache]\nttl_minutes = 8\n')
    await expect.poll(() => warnings(daemon)).toEqual([])
    expect(daemon.ctx.settings.current.cache.ttl_minutes).toBe(8)
  })

  it('has projects read that it names from now on', async () => {
    const daemon = await watching()
    daemon.write('.smd/config/config.toml', `[projects]\nexclude = ["${daemon.home}/projects/shop"]\n`)
    await expect
      .poll(async () => (await daemon.call('projects.list', {})).items.map(({ name }) => name))
      .not.toContain('shop')
  })
})
