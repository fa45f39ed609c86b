/** Which sources are asked by which schedule. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UpstreamQuery } from '../../../../daemon/domains/upstream/source.ts'
import { noProviders } from '../../../../daemon/domains/upstream/writer/index.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const MINUTE = 60_000
const json = JSON.stringify

/** A plugin of a marketplace and a skill of a repository, and a world outside that notes who is asked. */
async function installed(): Promise<TestDaemon & { asked: string[] }> {
  const asked: string[] = []
  const providers = {
    get requests() {
      return asked.length
    },
    async ask({ source }: UpstreamQuery) {
      asked.push(source.kind)
      return { kind: 'answer' as const, version: null, revision: 'r', validator: null, items: [], bases: [] }
    },
    files: noProviders.files,
  }
  const daemon = await start({
    prepare({ around, home, write }) {
      around.providers = providers
      const plugin = '.claude/plugins/cache/market/tool/1.0.0'
      write(`${plugin}/.claude-plugin/plugin.json`, json({ name: 'tool', version: '1.0.0' }))
      const entry = { scope: 'user', installPath: join(home, plugin), version: '1.0.0' }
      write(
        '.claude/plugins/installed_plugins.json',
        json({ version: 2, plugins: { 'tool@market': [entry] } }),
      )
      const clone = '.claude/plugins/marketplaces/market'
      write(`${clone}/.claude-plugin/marketplace.json`, json({ name: 'market', owner: {}, plugins: [] }))
      const source = { source: 'github', repo: 'acme/market' }
      write(
        '.claude/plugins/known_marketplaces.json',
        json({ market: { source, installLocation: join(home, clone) } }),
      )
      write('projects/shop/.claude/skills/a/SKILL.md', skill('a'))
      const lock = { a: { source: 'acme/skills', sourceType: 'github', skillPath: 'skills/a/SKILL.md' } }
      write('projects/shop/skills-lock.json', json({ version: 1, skills: lock }))
    },
  })
  await daemon.call('cache.refresh', { force: true })
  return Object.assign(daemon, { asked })
}

describe('UpstreamChecks.due', () => {
  it('asks marketplaces and other sources by intervals of their own', async () => {
    const { asked, clock, ctx } = await installed()
    const kinds = async (which: 'marketplaces' | 'others'): Promise<string[]> => {
      await ctx.upstream.due(which)
      return asked.splice(0)
    }
    expect(await kinds('others')).toEqual(['github'])
    expect(await kinds('marketplaces')).toEqual(['marketplace'])
    clock.now += 361 * MINUTE
    expect(await kinds('marketplaces')).toEqual([])
    expect(await kinds('others')).toEqual(['github'])
    clock.now += 1_080 * MINUTE
    expect(await kinds('marketplaces')).toEqual(['marketplace'])
  })
})
