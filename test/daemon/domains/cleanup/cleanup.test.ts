import { existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

describe('what lies around', () => {
  const start = useTestDaemon()
  const link = ({ home }: TestHome, path: string, target: string): string => {
    const place = join(home, path)
    mkdirSync(join(place, '..'), { recursive: true })
    symlinkSync(target, place)
    return place
  }

  it('is found in the folders of all agents, with where a link led', async () => {
    let links: string[] = []
    const daemon = await start({
      prepare(home) {
        home.write('src/p/.claude/skills/good/SKILL.md', skill('good'))
        link(home, 'src/p/.claude/skills/linked', '../skills/good')
        links = [
          link(home, '.claude/agents/gone.md', '/nowhere/gone.md'),
          link(home, 'src/p/.agents/skills/lost', '../../lost'),
          link(home, 'src/p/.claude/commands/team/old.md', 'older.md'),
        ]
        // A loop leads nowhere either; what lies inside of an artifact is its own matter.
        links.push(link(home, 'src/p/.cursor/commands/loop.md', 'loop.md'))
        link(home, 'src/p/.claude/skills/good/references/inner.md', 'missing.md')
        link(home, 'src/p/docs/elsewhere.md', 'missing.md')
      },
    })
    const { items } = await daemon.call('cleanup.find', { kinds: ['broken-link'] })
    expect(items.map(({ path }) => path)).toEqual(links.toSorted())
    expect(items.find(({ path }) => path.endsWith('gone.md'))).toMatchObject({
      kind: 'broken-link',
      detail: '/nowhere/gone.md',
      removable: true,
    })
  })

  it('goes when asked to, and nothing else does', async () => {
    const daemon = await start({
      prepare(home) {
        home.write('src/p/.claude/skills/good/SKILL.md', skill('good'))
        link(home, 'src/p/.claude/skills/lost', '../lost')
        home.write('.claude/plugins/cache/market/tool/1.0.0/.orphaned_at', '1')
        home.write('.claude/plugins/cache/market/tool/1.0.0/plugin.js', 'x'.repeat(1_000))
        home.write('.claude/plugins/cache/market/tool/1.1.0/plugin.js', 'y')
        home.write('.claude/plugins/cache/temp_git_123/a.txt', 'z'.repeat(50))
      },
    })
    const { call, home } = daemon
    const found = await call('cleanup.find', {})
    expect(found.items.map(({ kind, detail, sizeBytes }) => [kind, detail, sizeBytes])).toEqual([
      ['broken-link', '../lost', 0],
      ['orphaned-plugin', 'tool@market 1.0.0', 1_001],
      ['unfinished-download', '', 50],
    ])
    expect(found).toMatchObject({ sizeBytes: 1_051, removableBytes: 0 })
    const done = await call('cleanup.remove', {})
    expect(done).toMatchObject({ removed: [{ kind: 'broken-link', detail: '../lost' }], failed: [] })
    expect(existsSync(join(home, 'src/p/.claude/skills/good/SKILL.md'))).toBe(true)
    expect(lstatSync(join(home, 'src/p/.claude/skills/lost'), { throwIfNoEntry: false })).toBeUndefined()
    expect(existsSync(join(home, '.claude/plugins/cache/temp_git_123/a.txt'))).toBe(true)
    expect((await call('cleanup.find', {})).items).toHaveLength(2)
  })

  it('has what the library keeps for nobody, and never what an operation refers to', async () => {
    const daemon = await start({
      prepare: ({ write }) => void write('src/p/.claude/skills/good/SKILL.md', skill('good')),
    })
    const { call, home, write, clock } = daemon
    await call('artifacts.list', {})
    await call('collections.init', {})
    await call('collections.add', { spec: join(home, 'src/p/.claude/skills/good'), type: 'skill' })
    expect((await call('cleanup.find', { kinds: ['unused-object'] })).items).toEqual([])
    const orphan = write(`.skillmeat/.smd/objects/content/a/${'a'.repeat(63)}`, 'nobody knows me')
    const longAgo = clock.now / 1_000 - 86_400
    utimesSync(orphan, longAgo, longAgo)
    expect((await call('cleanup.find', { kinds: ['unused-object'] })).items).toMatchObject([
      { kind: 'unused-object', detail: '1 object', sizeBytes: 15, removable: true },
    ])
    expect(await call('cleanup.remove', { kinds: ['unused-object'] })).toMatchObject({ freedBytes: 15 })
    expect(existsSync(orphan)).toBe(false)
    expect((await call('collections.show', { check: true })).artifacts).toMatchObject([{ name: 'good' }])
  })

  it('is nothing where a link leads somewhere again, or where nobody may look', async () => {
    const daemon = await start({
      prepare(home) {
        home.write('src/p/.claude/skills/good/SKILL.md', skill('good'))
        link(home, 'src/p/.claude/skills/late', '../late')
      },
    })
    const { call, home, write } = daemon
    expect((await call('cleanup.find', {})).items).toHaveLength(1)
    write('src/p/.claude/late/SKILL.md', skill('late'))
    expect((await call('cleanup.remove', {})).removed).toEqual([])
    expect(readlinkSync(join(home, 'src/p/.claude/skills/late'))).toBe('../late')
  })
})
