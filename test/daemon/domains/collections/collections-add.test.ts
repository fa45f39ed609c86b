import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const library = '.skillmeat/collections/default'
const read = ({ home }: TestDaemon, path: string) => readFileSync(join(home, library, path), 'utf8')

/** A daemon with a collection, whose clock stands at a known time. */
async function startWithCollection(
  prepare: (daemon: { write: TestDaemon['write'] }) => void = () => undefined,
) {
  const daemon = await start({ prepare: ({ write }) => prepare({ write }) })
  daemon.clock.now = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
  await daemon.call('collections.init', {})
  return daemon
}

describe('collections.add', () => {
  it('copies a local skill, with its row and its lock entry as the original writes them (MP-1)', async () => {
    const daemon = await startWithCollection(({ write }) => {
      write('src/demo/SKILL.md', '---\nname: demo\ndescription: d\n---\nHello\n')
      write('src/demo/.git/config', 'x')
      write('src/demo/lib/__pycache__/m.pyc', 'c\n')
      write('src/demo/lib/a.txt', 'one\n')
    })
    const added = await daemon.call('collections.add', { spec: join(daemon.home, 'src/demo'), type: 'skill' })
    expect(added).toMatchObject({
      name: 'demo',
      type: 'skill',
      collection: 'default',
      path: join(daemon.home, library, 'skills/demo'),
      origin: 'local',
      upstream: null,
      warnings: [],
    })
    expect(read(daemon, 'skills/demo/lib/a.txt')).toBe('one\n')
    expect(existsSync(join(daemon.home, library, 'skills/demo/.git'))).toBe(false)
    expect(existsSync(join(daemon.home, library, 'skills/demo/lib/__pycache__'))).toBe(false)
    expect(read(daemon, 'collection.toml')).toBe(
      [
        '[collection]\nname = "default"\nversion = "1.0.0"',
        'created = "2026-01-02T03:04:05.678000"\nupdated = "2026-01-02T03:04:05.678000"',
        '',
        '[[artifacts]]\nname = "demo"\ntype = "skill"\npath = "skills/demo/"',
        'origin = "local"\nadded = "2026-01-02T03:04:05.678000"',
        '',
        '[artifacts.metadata]\ndescription = "d"',
        '',
        '[artifacts.metadata.extra]\nname = "demo"',
        '',
        '[artifacts.metadata.extra.frontmatter]\nname = "demo"\ndescription = "d"\n',
      ].join('\n'),
    )
    expect(parse(read(daemon, 'collection.lock'))).toEqual({
      lock: {
        version: '1.0.0',
        entries: {
          'demo::skill': { content_hash: added.contentHash, fetched: '2026-01-02T03:04:05.678000' },
        },
      },
    })
    const { items } = await daemon.call('artifacts.list', { scope: 'collection' })
    expect(items).toMatchObject([
      { name: 'demo', type: 'skill', scope: 'collection', hash: added.contentHash },
    ])
  })

  it('takes commands and agents as files, hooks and servers as folders, and keeps only hooks of settings', async () => {
    const daemon = await startWithCollection(({ write }) => {
      write('src/commands/git/fix.md', 'Fix it.\n')
      write('src/agents/helper.md', skill('helper'))
      write('src/guard/settings.json', '{"hooks":{"Stop":[]},"env":{"TOKEN":"secret"}}')
      write('src/server/.mcp.json', '{"mcpServers":{"s":{"command":"x"}}}')
    })
    const add = (spec: string, type: 'command' | 'agent' | 'hook' | 'mcp') =>
      daemon.call('collections.add', { spec: join(daemon.home, 'src', spec), type })
    await add('commands/git/fix.md', 'command')
    await add('agents/helper.md', 'agent')
    await add('guard/settings.json', 'hook')
    await add('server', 'mcp')
    const { artifacts } = await daemon.call('collections.show', { check: true })
    expect(artifacts.map(({ type, name, state }) => `${type} ${name} ${state}`)).toEqual([
      'command fix current',
      'agent helper current',
      'hook guard current',
      'mcp server current',
    ])
    expect(read(daemon, 'commands/fix.md')).toBe('Fix it.\n')
    expect(JSON.parse(read(daemon, 'hooks/guard/settings.json'))).toEqual({ hooks: { Stop: [] } })
    expect(read(daemon, 'mcp/server/.mcp.json')).toContain('"command":"x"')
  })

  it('adds from a project by name, and by the look of it', async () => {
    const daemon = await startWithCollection(({ write }) => {
      write('src/webshop/.claude/skills/review/SKILL.md', skill('review'))
      write('src/webshop/.claude/commands/review.md', 'Review.\n')
    })
    await daemon.call('projects.add', { path: join(daemon.home, 'src/webshop') })
    const from = { spec: 'review', fromProject: 'webshop' }
    await expect(daemon.call('collections.add', from)).rejects.toMatchObject({ slug: 'artifact.ambiguous' })
    expect(await daemon.call('collections.add', { ...from, type: 'command' })).toMatchObject({
      type: 'command',
    })
    expect(await daemon.call('collections.add', { ...from, type: 'skill', name: 'Review 🚀' })).toMatchObject(
      {
        name: 'Review 🚀',
        path: join(daemon.home, library, 'skills/Review 🚀'),
      },
    )
    await expect(daemon.call('collections.add', { ...from, spec: 'none' })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
  })

  it('takes one server out of the configuration of a project, and says that values come along', async () => {
    const daemon = await startWithCollection(({ write }) => {
      const servers = { db: { command: 'db', env: { TOKEN: 'x' } }, other: { command: 'o' } }
      write('src/webshop/.mcp.json', JSON.stringify({ mcpServers: servers }))
    })
    await daemon.call('projects.add', { path: join(daemon.home, 'src/webshop') })
    const from = { fromProject: 'webshop', type: 'mcp' as const }
    expect(await daemon.call('collections.add', { ...from, spec: 'db' })).toMatchObject({
      name: 'db',
      type: 'mcp',
      warnings: [expect.stringContaining('values under "env"')],
    })
    expect(JSON.parse(read(daemon, 'mcp/db/.mcp.json'))).toEqual({
      mcpServers: { db: { command: 'db', env: { TOKEN: 'x' } } },
    })
    // Gone since the cache was filled.
    daemon.write('src/webshop/.mcp.json', '{"mcpServers":{}}')
    await expect(daemon.call('collections.add', { ...from, spec: 'other' })).rejects.toThrow(
      'has no server other',
    )
  })

  describe('hooks of a project', () => {
    const run = (command: string) => ({ type: 'command', command })
    const settings = {
      model: 'opus',
      env: { TOKEN: 'xyz' },
      hooks: {
        PreToolUse: [
          { matcher: 'Bash', hooks: [run('check one'), run('check two')] },
          {
            matcher: 'Edit|Write',
            hooks: [run('"$CLAUDE_PROJECT_DIR"/.claude/hooks/lint.sh')],
            note: 'mine',
          },
        ],
        Stop: [{ hooks: [run('say done')] }],
      },
    }
    async function startWithHooks(more: (write: TestDaemon['write']) => void = () => undefined) {
      const daemon = await startWithCollection(({ write }) => {
        write('src/webshop/.claude/settings.json', JSON.stringify(settings))
        write('src/other/.claude/commands/x.md', 'X\n')
        more(write)
      })
      for (const name of ['webshop', 'other'])
        await daemon.call('projects.add', { path: join(daemon.home, 'src', name) })
      const add = (spec: string, params: { name?: string; type?: 'hook' } = {}) =>
        daemon.call('collections.add', { spec, fromProject: 'webshop', ...params })
      return { daemon, add }
    }
    const { PreToolUse, Stop } = settings.hooks

    it.each([
      [
        'PreToolUse:Bash#2',
        'PreToolUse-Bash-2',
        { PreToolUse: [{ matcher: 'Bash', hooks: [run('check two')] }] },
      ],
      ['PreToolUse:Bash', 'PreToolUse-Bash', { PreToolUse: PreToolUse.slice(0, 1) }],
      ['pretooluse:edit|write#1', 'pretooluse-edit-write-1', { PreToolUse: PreToolUse.slice(1) }],
      ['PreToolUse', 'PreToolUse', { PreToolUse }],
      ['Stop', 'Stop', { Stop }],
    ])('%s become a settings.json with nothing else in it', async (spec, name, hooks) => {
      const { daemon, add } = await startWithHooks()
      expect(await add(spec, { type: 'hook' })).toMatchObject({ name, type: 'hook' })
      expect(JSON.parse(read(daemon, `hooks/${name}/settings.json`))).toEqual({ hooks })
    })

    it('come back the same when they are deployed, and are found by their look alone', async () => {
      const { daemon, add } = await startWithHooks()
      await add('PreToolUse:Bash', { name: 'guard' })
      await daemon.call('deployments.deploy', { artifacts: [{ name: 'guard' }], projects: ['other'] })
      const deployed = join(daemon.home, 'src/other/.claude/hooks/guard/settings.json')
      expect(readFileSync(deployed, 'utf8')).toBe(read(daemon, 'hooks/guard/settings.json'))
      expect((await daemon.call('deployments.list', {})).items).toMatchObject([
        { name: 'guard', type: 'hook', state: 'current' },
      ])
    })

    it('are told with what they need, and with what should not go on', async () => {
      const { daemon, add } = await startWithHooks((write) =>
        write(
          'src/webshop/.claude/settings.local.json',
          JSON.stringify({
            hooks: { Stop: [{ hooks: [run('curl -H "Authorization: Bearer sk-abcdef0123456789abcdef"')] }] },
          }),
        ),
      )
      expect((await add('PreToolUse:Edit|Write')).warnings).toEqual([
        'It runs files of its project, which are not copied with it.',
      ])
      expect((await add('PreToolUse:Bash')).warnings).toEqual([])
      // One in each of two files.
      await expect(add('Stop')).rejects.toThrow('hooks of that name are in several files')
      daemon.remove('src/webshop/.claude/settings.json')
      await daemon.call('cache.refresh', { force: true })
      expect((await add('Stop')).warnings).toEqual([
        'It holds what looks like a secret, which is copied with it; look at it.',
      ])
    })

    it('are refused when the file says something else by now', async () => {
      const { daemon, add } = await startWithHooks()
      await daemon.call('artifacts.list', {})
      daemon.write('src/webshop/.claude/settings.json', JSON.stringify({ hooks: { Stop: [] } }))
      await expect(add('PreToolUse:Bash')).rejects.toThrow('has changed since it was read; try again')
      await expect(add('PreCompact')).rejects.toMatchObject({ slug: 'artifact.not_found' })
    })
  })

  it('refuses what is no artifact of that type, and says why (formats 9)', async () => {
    const daemon = await startWithCollection(({ write }) => {
      write('src/skills/b/README.md', 'b')
      write('src/commands/s.txt', 's')
      write('src/skills/empty/SKILL.md', ' \n')
      write('src/many/one/SKILL.md', skill('one'))
      write('src/bad/.mcp.json', '{')
    })
    const add = (spec: string, type: 'skill' | 'command' | 'agent' | 'mcp') =>
      daemon.call('collections.add', { spec: join(daemon.home, 'src', spec), type })
    await expect(add('skills/b', 'skill')).rejects.toThrow('a skill is a folder with a SKILL.md')
    await expect(add('commands/s.txt', 'command')).rejects.toThrow('a command is a file that ends in .md')
    await expect(add('skills/empty', 'skill')).rejects.toThrow('SKILL.md is empty')
    await expect(add('many', 'skill')).rejects.toThrow('below it there are one')
    await expect(add('many/one', 'agent')).rejects.toMatchObject({ slug: 'collection.not_an_artifact' })
    await expect(add('bad', 'mcp')).rejects.toThrow('.mcp.json is no JSON')
    await expect(add('none', 'skill')).rejects.toMatchObject({ slug: 'collection.no_source' })
    expect((await daemon.call('collections.show', {})).artifacts).toEqual([])
  })

  it('refuses names that lead elsewhere, and twins of names that are there', async () => {
    const daemon = await startWithCollection(({ write }) => write('src/demo/SKILL.md', skill('demo')))
    const add = (name: string, force = false) =>
      daemon.call('collections.add', { spec: join(daemon.home, 'src/demo'), type: 'skill', name, force })
    for (const name of ['..', '../x', '/abs', 'a\\b', '.hidden', 'x\u0000', 'a..b', ' '])
      await expect(add(name), name).rejects.toMatchObject({ slug: 'collection.bad_name' })
    await add('demo')
    await expect(add('demo')).rejects.toMatchObject({ slug: 'collection.artifact_exists' })
    await expect(add('DEMO', true)).rejects.toThrow('has a skill demo already')
    await expect(add('demo.md')).rejects.toMatchObject({ slug: 'collection.artifact_exists' })
    expect(await add('demo', true)).toMatchObject({ name: 'demo', operation: expect.any(String) })
  })

  it('refuses links that lead out of the artifact, and folders of the collection that lead elsewhere', async () => {
    const daemon = await startWithCollection(({ write }) => write('src/demo/SKILL.md', skill('demo')))
    const spec = join(daemon.home, 'src/demo')
    symlinkSync('SKILL.md', join(spec, 'inside.md'))
    symlinkSync('../../.skillmeat/config.toml', join(spec, 'outside.toml'))
    await expect(daemon.call('collections.add', { spec, type: 'skill' })).rejects.toMatchObject({
      slug: 'collection.leads_outside',
    })
    daemon.remove('src/demo/outside.toml')
    daemon.remove(`${library}/skills`)
    mkdirSync(join(daemon.home, 'elsewhere'))
    symlinkSync(join(daemon.home, 'elsewhere'), join(daemon.home, library, 'skills'))
    await expect(daemon.call('collections.add', { spec, type: 'skill' })).rejects.toMatchObject({
      slug: 'collection.leads_outside',
    })
    daemon.remove(`${library}/skills`)
    await daemon.call('collections.add', { spec, type: 'skill' })
    expect(read(daemon, 'skills/demo/inside.md')).toBe(skill('demo'))
  })

  it('leaves a broken manifest as it is and names file, line and column', async () => {
    const daemon = await startWithCollection(({ write }) => write('src/demo/SKILL.md', skill('demo')))
    const add = () => daemon.call('collections.add', { spec: join(daemon.home, 'src/demo'), type: 'skill' })
    const file = join(daemon.home, library, 'collection.toml')
    writeFileSync(file, '[collection]\nname = "default"\nbroken\n')
    await expect(add()).rejects.toMatchObject({
      slug: 'config.syntax',
      message: expect.stringContaining(`${file}:3:`),
    })
    writeFileSync(
      file,
      '[collection]\n\n[[artifacts]]\nname = "a"\ntype = "skill"\norigin = "local"\nadded = "x"\n',
    )
    await expect(add()).rejects.toThrow(`${file}: artifacts[0]: path is missing.`)
    expect(readFileSync(file, 'utf8')).toContain('origin = "local"')
    expect(existsSync(join(daemon.home, library, 'skills/demo'))).toBe(false)
  })

  it('keeps comments, unknown keys, spellings and rows of others when it replaces an artifact', async () => {
    const daemon = await startWithCollection(({ write }) => write('src/demo/SKILL.md', skill('demo')))
    const before = [
      'tag_definitions = [\n    { name = "Web", slug = "web", mine = 1 }, # keep\n]\n\n# top\n[collection]',
      'name = "default" # c\nversion = "1.0.0"\nupdated = "2020-01-01T00:00:00" # when\nmine = true\n',
      '# mine\n[[artifacts]]\nname = "demo"\ntype = "skill"\npath = "skills/demo/"\norigin = "local"',
      'added = "2020-01-01T00:00:00"\ntags = ["t"] # tags\nuuid = "00000000000000000000000000000000"\nnote = "n"\n',
      '# other\n[[artifacts]]\nname = "other"\ntype = "mcp_server"\npath = "mcp/other"\norigin = "local"\nadded = 2020-01-01\n',
      '[[groups]]\nname = "G"\nmembers = ["skill:demo"]\n',
    ].join('\n')
    daemon.write(`${library}/collection.toml`, before.replaceAll('\n', '\r\n'))
    await daemon.call('collections.add', { spec: join(daemon.home, 'src/demo'), type: 'skill', force: true })
    const after = read(daemon, 'collection.toml')
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    expect(after.replaceAll('\r\n', '\n')).toBe(
      before
        .replace('updated = "2020-01-01T00:00:00"', 'updated = "2026-01-02T03:04:05.678000"')
        .replace(
          'note = "n"\n',
          'note = "n"\nlast_updated = "2026-01-02T03:04:05.678000"\n\n[artifacts.metadata]\ndescription = "What demo does."\n\n[artifacts.metadata.extra]\nname = "demo"\n\n[artifacts.metadata.extra.frontmatter]\nname = "demo"\ndescription = "What demo does."\n',
        ),
    )
  })
})

describe('collections.remove', () => {
  it('takes files, row and entry away, finds by name with or without an ending, and asks which', async () => {
    const daemon = await startWithCollection(({ write }) => {
      write('src/demo/SKILL.md', skill('demo'))
      write('src/commands/demo.md', 'Demo.\n')
    })
    await daemon.call('collections.add', { spec: join(daemon.home, 'src/demo'), type: 'skill' })
    await daemon.call('collections.add', { spec: join(daemon.home, 'src/commands/demo.md'), type: 'command' })
    await expect(daemon.call('collections.remove', { name: 'demo' })).rejects.toMatchObject({
      slug: 'collection.ambiguous',
      message: expect.stringContaining('skill, command'),
    })
    const plan = await daemon.call('collections.remove', { name: 'demo.md', type: 'command', dryRun: true })
    expect(plan).toMatchObject({ path: join(daemon.home, library, 'commands/demo.md'), filesRemoved: true })
    expect(existsSync(plan.path)).toBe(true)
    await daemon.call('collections.remove', { name: 'demo.md', type: 'command' })
    expect(existsSync(plan.path)).toBe(false)
    expect(read(daemon, 'collection.lock')).not.toContain('demo::command')
    await daemon.call('collections.remove', { name: 'demo', keepFiles: true })
    expect(existsSync(join(daemon.home, library, 'skills/demo/SKILL.md'))).toBe(true)
    expect(parse(read(daemon, 'collection.toml')).artifacts).toBeUndefined()
    await expect(daemon.call('collections.remove', { name: 'demo' })).rejects.toMatchObject({
      slug: 'collection.artifact_not_found',
    })
  })

  it('removes nothing outside of the collection, whatever the manifest says', async () => {
    const daemon = await startWithCollection(({ write }) => write('precious/file', 'x'))
    const row =
      '\n[[artifacts]]\nname = "evil"\ntype = "skill"\npath = "../../../precious"\norigin = "local"\nadded = "2020-01-01T00:00:00"\n'
    daemon.write(`${library}/collection.toml`, `[collection]\nname = "default"\n${row}`)
    await expect(daemon.call('collections.remove', { name: 'evil' })).rejects.toThrow(
      'leads out of the collection',
    )
    expect(existsSync(join(daemon.home, 'precious/file'))).toBe(true)
  })

  it('removes an artifact that became a folder', async () => {
    const daemon = await startWithCollection(({ write }) => write('src/commands/fix.md', 'Fix.\n'))
    await daemon.call('collections.add', { spec: join(daemon.home, 'src/commands/fix.md'), type: 'command' })
    daemon.remove(`${library}/commands/fix.md`)
    daemon.write(`${library}/commands/fix.md/notes.txt`, 'n')
    await daemon.call('collections.remove', { name: 'fix' })
    expect(existsSync(join(daemon.home, library, 'commands/fix.md'))).toBe(false)
  })
})

describe('collections.verify', () => {
  it('says whether it is one, and changes nothing', async () => {
    const { call, home } = await start({
      prepare: ({ write }) => void write('src/demo/SKILL.md', skill('demo')),
    })
    expect(await call('collections.verify', { spec: join(home, 'src/demo'), type: 'skill' })).toMatchObject({
      valid: true,
      reason: null,
      type: 'skill',
      name: 'demo',
    })
    expect(await call('collections.verify', { spec: join(home, 'src/demo'), type: 'hook' })).toMatchObject({
      valid: false,
      reason: expect.stringContaining('a hook is'),
    })
    expect(existsSync(join(home, '.skillmeat'))).toBe(false)
  })

  it('names what is no source', async () => {
    const { call } = await start()
    for (const spec of [
      'o',
      './x',
      'o/..',
      '-o/r@-x',
      'o/r/../p',
      'ftp://x/y',
      'plugin@nowhere',
      'o/r@a b',
      'o/r\u0007',
    ])
      await expect(call('collections.verify', { spec, type: 'skill' }), spec).rejects.toMatchObject({
        slug: 'collection.bad_source',
      })
  })
})
