import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../../client-cli/demo/sample-home.ts'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { artifactTypes } from '../../../../protocol/vocabulary.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

const agent = (name: string): string => `---\nname: ${name}\ndescription: Does it.\n---\n\nDo it.\n`
const server = (url: string) => ({ type: 'http', url })
const json = (value: unknown): string => JSON.stringify(value)

/** Installs plugins that are known by `installed_plugins.json`, each with the projects it is for. */
function installPlugins(
  { home, write }: TestHome,
  plugins: Record<string, { files: Record<string, string>; projectPath?: string }>,
): void {
  const entries = Object.entries(plugins).map(([name, { files, projectPath }]) => {
    for (const [path, text] of Object.entries({
      '.claude-plugin/plugin.json': json({ name, version: '1.0.0' }),
      ...files,
    }))
      write(`.claude/plugins/cache/market/${name}/1.0.0/${path}`, text)
    const installPath = `${home}/.claude/plugins/cache/market/${name}/1.0.0`
    const scope = projectPath ? { scope: 'project', projectPath } : { scope: 'user' }
    return [`${name}@market`, [{ ...scope, installPath, version: '1.0.0' }]]
  })
  write('.claude/plugins/installed_plugins.json', json({ version: 2, plugins: Object.fromEntries(entries) }))
}

/** `scope type name` of what is in effect, with the scope of the winner where something else is used. */
async function effective(
  daemon: TestDaemon,
  params: Partial<ParamsOf<'projects.effective'>> = {},
): Promise<string[]> {
  const { items } = await daemon.call('projects.effective', { project: 'shop', ...params })
  const everything = (await daemon.call('projects.effective', { project: 'shop' })).items
  return items.map(({ type, scope, name, hiddenBy }) => {
    const winner = everything.find(({ id }) => id === hiddenBy)
    return `${scope} ${type} ${name}${winner ? ` < ${winner.scope} ${winner.type}` : ''}`
  })
}

describe('projects.effective', () => {
  it('tells what the project has, and what the user, plugins and the machine add', async () => {
    const daemon = await start({ prepare: ({ home }) => void writeSampleHome(home) })
    const { items } = await daemon.call('projects.effective', { project: 'webshop' })
    const all = (await daemon.call('artifacts.list', { limit: 1_000 })).items
    const expected = all.filter(
      ({ scope, project }) => project?.name === 'webshop' || ['user', 'managed', 'plugin'].includes(scope),
    )
    expect(items.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted())
    for (const item of items) {
      const shown = await daemon.call('artifacts.show', { name: item.id })
      const { hiddenBy, problems, ...same } = item
      expect(shown).toMatchObject(same)
      expect(problems).toBe(shown.diagnostics.length)
      expect(hiddenBy).toBeNull()
    }
    const order = items.map(({ type, name }) => [artifactTypes.indexOf(type), name.toLowerCase()])
    expect(order).toEqual(
      order.toSorted(([a, b], [c, d]) => Number(a) - Number(c) || (String(b) < String(d) ? -1 : 1)),
    )
  })

  it('prefers the machine, then the user, then the project for skills and commands of Claude Code', async () => {
    const daemon = await start({
      prepare({ write }) {
        for (const place of ['managed/.claude', '.claude', 'projects/shop/.claude']) {
          write(`${place}/skills/review/SKILL.md`, skill('review'))
          if (!place.startsWith('managed')) write(`${place}/skills/lint/SKILL.md`, skill('lint'))
          if (!place.startsWith('managed')) write(`${place}/commands/ship.md`, 'Ship it.')
        }
        write('projects/shop/.claude/skills/own/SKILL.md', skill('own'))
      },
    })
    expect(await effective(daemon)).toEqual([
      'user skill lint',
      'project skill lint < user skill',
      'project skill own',
      'managed skill review',
      'user skill review < managed skill',
      'project skill review < managed skill',
      'user command ship',
      'project command ship < user command',
    ])
    expect(await effective(daemon, { type: 'command' })).toEqual([
      'user command ship',
      'project command ship < user command',
    ])
  })

  it('prefers a skill to a command of its name, wherever the two are', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('projects/shop/.claude/skills/ship/SKILL.md', skill('ship'))
        write('.claude/commands/ship.md', 'Ship it.')
        write('projects/shop/.claude/commands/ship.md', 'Ship it.')
        write('projects/shop/.opencode/commands/ship.md', 'Ship it.')
      },
    })
    expect(await effective(daemon)).toEqual([
      'project skill ship',
      'user command ship < project skill',
      'project command ship < project skill',
      'project command ship',
    ])
    expect(await effective(daemon, { type: 'command' })).toContain('user command ship < project skill')
  })

  it('prefers the project to the user for agents, and the checkout to both for servers', async () => {
    const daemon = await start({
      prepare({ home, write }) {
        write('.claude/agents/tester.md', agent('tester'))
        write('projects/shop/.claude/agents/tester.md', agent('tester'))
        write('projects/shop/.mcp.json', json({ mcpServers: { db: server('https://b.example/mcp') } }))
        write(
          '.claude.json',
          json({
            mcpServers: { db: server('https://c.example/mcp'), mail: server('https://d.example/mcp') },
            projects: { [`${home}/projects/shop`]: { mcpServers: { db: server('https://a.example/mcp') } } },
          }),
        )
      },
    })
    expect(await effective(daemon)).toEqual([
      'project agent tester',
      'user agent tester < project agent',
      'local mcp db',
      'project mcp db < local mcp',
      'user mcp db < local mcp',
      'user mcp mail',
    ])
  })

  it('prefers the project to the user for skills of other agents, and keeps agents apart', async () => {
    const daemon = await start({
      prepare({ write }) {
        for (const place of ['', 'projects/shop/'])
          for (const folder of ['.agents', '.claude', '.factory'])
            write(`${place}${folder}/skills/review/SKILL.md`, skill('review'))
      },
    })
    const { items } = await daemon.call('projects.effective', { project: 'shop' })
    expect(items.map(({ host, scope, hiddenBy }) => [host, scope, hiddenBy === null])).toEqual([
      ['claude-code', 'user', true],
      ['claude-code', 'project', false],
      ['agents', 'project', true],
      ['agents', 'user', false],
      ['droid', 'project', true],
      ['droid', 'user', false],
    ])
  })

  it('never hides hooks, memory files and rules, nor skills that lie inside of others', async () => {
    const hooks = json({ hooks: { Stop: [{ hooks: [{ type: 'command', command: 'true' }] }] } })
    const daemon = await start({
      prepare({ write }) {
        for (const place of ['.claude', 'projects/shop/.claude']) {
          write(`${place}/settings.json`, hooks)
          write(`${place}/CLAUDE.md`, 'Be brief.')
          write(`${place}/rules/style.md`, 'Be brief.')
        }
        write('.claude/skills/pdf/SKILL.md', skill('pdf'))
        write('projects/shop/.claude/skills/office/SKILL.md', skill('office'))
        write('projects/shop/.claude/skills/office/pdf/SKILL.md', skill('pdf'))
      },
    })
    const lines = await effective(daemon)
    expect(lines.filter((line) => line.includes('<'))).toEqual([])
    for (const type of ['hook Stop#1', 'memory CLAUDE.md', 'rule style'])
      expect(
        lines.filter((line) => line.endsWith(type)),
        type,
      ).toHaveLength(2)
    expect(lines.filter((line) => line.endsWith('skill pdf'))).toHaveLength(2)
  })

  it('leaves out plugins of other projects and those that are switched off', async () => {
    const files = { 'skills/go/SKILL.md': skill('go'), 'agents/a.md': agent('a') }
    const daemon = await start({
      prepare(home) {
        home.write('projects/shop/CLAUDE.md', 'Sells.')
        home.write('projects/blog/CLAUDE.md', 'Writes.')
        installPlugins(home, {
          everywhere: { files },
          here: { files, projectPath: `${home.home}/projects/shop` },
          there: { files, projectPath: `${home.home}/projects/blog` },
          off: { files },
        })
        home.write('.claude/settings.json', json({ enabledPlugins: { 'off@market': false } }))
      },
    })
    expect(await effective(daemon, { type: 'skill' })).toEqual([
      'plugin skill everywhere:go',
      'plugin skill here:go',
    ])
    expect(await effective(daemon, { type: 'plugin' })).toEqual([
      'plugin plugin everywhere',
      'plugin plugin here',
    ])
  })

  it('starts a server once when a plugin brings one that is reached in the same way', async () => {
    const command = { command: 'node', args: ['server.js'] }
    const daemon = await start({
      prepare(home) {
        home.write(
          'projects/shop/.mcp.json',
          json({ mcpServers: { docs: server('https://docs.example/mcp'), local: command } }),
        )
        const mcp = (servers: Record<string, unknown>) => ({
          files: { '.mcp.json': json({ mcpServers: servers }) },
        })
        installPlugins(home, {
          first: mcp({
            documents: server('https://docs.example/mcp'),
            same: command,
            other: { ...command, args: ['other.js'] },
          }),
          second: mcp({
            again: { ...command, args: ['other.js'] },
            docs: server('https://else.example/mcp'),
          }),
        })
      },
    })
    expect(await effective(daemon, { type: 'mcp' })).toEqual([
      'plugin mcp again < plugin mcp',
      'project mcp docs',
      'plugin mcp docs',
      'plugin mcp documents < project mcp',
      'project mcp local',
      'plugin mcp other',
      'plugin mcp same < project mcp',
    ])
  })

  it('has nothing of collections, which are where copies come from', async () => {
    const daemon = await start({ prepare: ({ home }) => void writeSampleHome(home) })
    const { items } = await daemon.call('projects.effective', { project: 'notes' })
    expect(items.map(({ scope }) => scope)).not.toContain('collection')
    expect(items.length).toBeGreaterThan(3)
  })
})
