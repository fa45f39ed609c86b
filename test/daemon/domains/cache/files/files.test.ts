// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as configuration files write them
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listFiles } from '../../../../../daemon/domains/cache/files/list-files.ts'
import { readFile } from '../../../../../daemon/domains/cache/files/read-file.ts'
import { corpusSkills } from '../../../../support/corpus-skills.ts'
import { skill, type TestDaemon, useTestDaemon, useTestHome } from '../../../../support/test-daemon.ts'

const start = useTestDaemon()
const makeHome = useTestHome()

async function idOf({ call }: TestDaemon, name: string): Promise<string> {
  const { items } = await call('artifacts.list', { limit: 1_000 })
  return items.find((item) => item.name === name)?.id ?? ''
}

const SECRET = 'outside and none of your business'

/** A skill `s` in a home, beside a file that is none of its business. */
function homeWithSkill() {
  const home = makeHome()
  home.write('secret.txt', SECRET)
  home.write('s/SKILL.md', skill('s'))
  const root = join(home.home, 's')
  const read = (path: string) => readFile({ root, path, part: null })
  return { ...home, root, read }
}

describe('artifacts.files', () => {
  it('tells what lies in the folder now, folders before what they hold', async () => {
    const daemon = await start({
      prepare({ home, write }) {
        write('.claude/skills/s/SKILL.md', skill('s'))
        write('.claude/skills/s/scripts/run.sh', 'exit 0\n')
        write('.claude/skills/s/scripts/lib/a.py', 'pass\n')
        write('.claude/skills/s/.hidden', '')
        write('.claude/skills/s/node_modules/x/index.js', '')
        symlinkSync('SKILL.md', join(home, '.claude/skills/s/link.md'))
      },
    })
    const { root, items, truncated } = await daemon.call('artifacts.files', { id: await idOf(daemon, 's') })
    expect({ root, truncated }).toEqual({ root: `${daemon.home}/.claude/skills/s`, truncated: false })
    expect(items.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'file .hidden',
      'file SKILL.md',
      'link link.md',
      'folder node_modules',
      'folder scripts',
      'folder scripts/lib',
      'file scripts/lib/a.py',
      'file scripts/run.sh',
    ])
    for (const { path, kind, sizeBytes, modifiedAt } of items.filter((item) => item.kind === 'file')) {
      const stats = statSync(join(root, path))
      expect({ kind, sizeBytes, modifiedAt }).toEqual({
        kind: 'file',
        sizeBytes: stats.size,
        modifiedAt: Math.floor(stats.mtimeMs),
      })
    }
    daemon.write('.claude/skills/s/later.md', 'Later.')
    const again = await daemon.call('artifacts.files', { id: await idOf(daemon, 's') })
    expect(again.items.map(({ path }) => path)).toContain('later.md')
  })

  it('tells of a single file, and of what is a part of one, that file', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('.claude/commands/go.md', 'Go.')
        write('projects/shop/.mcp.json', JSON.stringify({ mcpServers: { db: { command: 'db' } } }))
      },
    })
    expect(await daemon.call('artifacts.files', { id: await idOf(daemon, 'go') })).toMatchObject({
      root: `${daemon.home}/.claude/commands`,
      items: [{ path: 'go.md', kind: 'file', sizeBytes: 3 }],
    })
    expect(await daemon.call('artifacts.files', { id: await idOf(daemon, 'db') })).toMatchObject({
      root: `${daemon.home}/projects/shop`,
      items: [{ path: '.mcp.json' }],
    })
  })

  it('follows no link, passes over pipes and sockets, and names what is not UTF-8 as not told', async () => {
    const { root, home } = homeWithSkill()
    symlinkSync(home, join(root, 'out'))
    symlinkSync('.', join(root, 'circle'))
    symlinkSync('nowhere', join(root, 'broken'))
    spawnSync('mkfifo', [join(root, 'pipe')])
    const server = createServer().listen(join(root, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const before = await listFiles(root)
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'x')
    const after = await listFiles(root)
    server.close()
    expect(readdirSync(root)).toContain('pipe')
    expect(before.items.map(({ path, kind }) => [path, kind])).toEqual([
      ['SKILL.md', 'file'],
      ['broken', 'link'],
      ['circle', 'link'],
      ['out', 'link'],
    ])
    expect(before.truncated).toBe(false)
    expect(after.items).toEqual(before.items)
    expect(after.truncated).toBe(true)
  })

  it('ends at a number of entries, and goes as deep as the system lets it', async () => {
    const { root, write } = homeWithSkill()
    for (let at = 0; at < 30; at++) write(`s/many/${at}.md`, 'x')
    const deep = Array.from({ length: 200 }, (_, at) => `d${at}`)
    write(`s/${deep.join('/')}/end.md`, 'End.')
    const all = await listFiles(root)
    expect(all.items.map(({ path }) => path)).toContain(`${deep.join('/')}/end.md`)
    expect(all.truncated).toBe(false)
    for (const most of [1, 5, 100, 233]) {
      const some = await listFiles(root, most)
      expect(some.items).toHaveLength(Math.min(most, all.items.length))
      expect(some.truncated).toBe(most < all.items.length)
    }
  })

  it('says what is gone, and knows no other artifacts', async () => {
    const daemon = await start({
      prepare: ({ write }) => void write('.claude/skills/s/SKILL.md', skill('s')),
    })
    const id = await idOf(daemon, 's')
    daemon.remove('.claude/skills/s')
    for (const call of [
      () => daemon.call('artifacts.files', { id }),
      () => daemon.call('artifacts.file', { id, path: 'SKILL.md' }),
    ])
      await expect(call()).rejects.toMatchObject({
        slug: 'artifact.unreadable',
        details: { reason: 'it is gone' },
      })
    const none = 'art_0000000000000000'
    await expect(daemon.call('artifacts.files', { id: none })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
    await expect(daemon.call('artifacts.file', { id: none, path: 'a' })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
  })
})

describe('artifacts.file', () => {
  it('gives the text of real skills as it lies there', async () => {
    const skills = corpusSkills(20)
    const daemon = await start({
      prepare({ write }) {
        for (const { name, text } of skills) write(`.claude/skills/${name}/SKILL.md`, text)
      },
    })
    for (const { name, text } of skills) {
      const file = await daemon.call('artifacts.file', { id: await idOf(daemon, name), path: 'SKILL.md' })
      expect(file).toEqual({
        path: 'SKILL.md',
        sizeBytes: Buffer.byteLength(text),
        mediaType: 'text/markdown',
        text: text.replace(/^\uFEFF/, ''),
        truncated: false,
      })
    }
  })

  it.each<[string, Buffer, string | null]>([
    ['UTF-8', Buffer.from('naïve 日本 🚀\n'), 'naïve 日本 🚀\n'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFtext'), 'text'],
    ['UTF-16, little-endian', Buffer.from('\uFEFFnaïve 🚀', 'utf16le'), 'naïve 🚀'],
    ['UTF-16, big-endian', Buffer.from('\uFEFFnaïve 🚀', 'utf16le').swap16(), 'naïve 🚀'],
    ['Latin-1', Buffer.from('na\xefve', 'latin1'), 'naïve'],
    ['nothing', Buffer.alloc(0), ''],
    ['bytes with a zero', Buffer.from('PK\x03\x04\0\0'), null],
    ['bytes that are no text', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), null],
    ['half a pair in UTF-16', Buffer.from('\uFEFFa\uD83D', 'utf16le'), null],
  ])('reads %s', async (_, bytes, text) => {
    const { root, read } = homeWithSkill()
    writeFileSync(join(root, 'file'), bytes)
    expect(await read('file')).toMatchObject({ text, sizeBytes: bytes.length, truncated: false })
  })

  it('cuts what is longer than a megabyte at a character', async () => {
    const { root, read } = homeWithSkill()
    const limit = 1024 * 1024
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('a', 'é', '日', '🚀'),
        fc.nat(4),
        fc.nat(6),
        async (letter, shift, more) => {
          const text = 'x'.repeat(shift) + letter.repeat(Math.ceil(limit / Buffer.byteLength(letter)) + more)
          writeFileSync(join(root, 'long.md'), text)
          const size = Buffer.byteLength(text)
          const file = await read('long.md')
          expect(file).toMatchObject({ sizeBytes: size, truncated: size > limit })
          expect(text.startsWith(file.text ?? '-')).toBe(true)
          expect(Buffer.byteLength(file.text ?? '')).toBeGreaterThan(Math.min(size, limit) - 4)
          expect(Buffer.byteLength(file.text ?? '')).toBeLessThanOrEqual(limit)
        },
      ),
      { numRuns: 40 },
    )
    // Sparse: its size is more than the disk has.
    writeFileSync(join(root, 'huge.bin'), 'x')
    truncateSync(join(root, 'huge.bin'), 2 ** 40)
    expect(await read('huge.bin')).toMatchObject({ sizeBytes: 2 ** 40, text: null, truncated: false })
  })

  it('names the media type, of an unknown one whether it is text', async () => {
    const { root, read } = homeWithSkill()
    for (const [name, content, mediaType] of [
      ['a.MD', 'x', 'text/markdown'],
      ['a.tar.gz', '\0', 'application/gzip'],
      ['run.sh', 'x', 'text/x-shellscript'],
      ['Makefile', 'x', 'text/plain'],
      ['blob', '\0', 'application/octet-stream'],
      ['a.constructor', 'x', 'text/plain'],
    ] as const) {
      writeFileSync(join(root, name), content)
      expect((await read(name)).mediaType, name).toBe(mediaType)
    }
  })

  it('reads through links as long as they lead inside', async () => {
    const { root, home, write, read } = homeWithSkill()
    write('s/docs/a.md', 'Inside.')
    symlinkSync('docs', join(root, 'alias'))
    symlinkSync('docs/a.md', join(root, 'b.md'))
    symlinkSync(join(home, 'secret.txt'), join(root, 'c.md'))
    symlinkSync('..', join(root, 'up'))
    symlinkSync('loop', join(root, 'loop'))
    for (const path of ['docs/a.md', 'alias/a.md', 'b.md']) expect((await read(path)).text).toBe('Inside.')
    for (const path of ['c.md', 'up/secret.txt', 'up', 'loop', 'docs', 'docs/a.md/x'])
      await expect(read(path), path).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
    // The artifact's own folder may be a link: that is how they are shared.
    symlinkSync(root, join(home, 'linked'))
    const linked = await readFile({ root: join(home, 'linked'), path: 'docs/a.md', part: null })
    expect(linked.text).toBe('Inside.')
  })

  it('waits for no pipe, and reads no device', async () => {
    const { root, read } = homeWithSkill()
    spawnSync('mkfifo', [join(root, 'pipe')])
    await expect(read('pipe')).rejects.toMatchObject({ slug: 'artifact.unreadable' })
    symlinkSync('/dev/zero', join(root, 'zero'))
    await expect(read('zero')).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
    await expect(readFile({ root: '/dev/zero', path: 'zero', part: null })).rejects.toMatchObject({
      slug: 'artifact.unreadable',
    })
  })

  it('gives no byte of what lies outside, whatever the path is made of', async () => {
    const { root, home, write, read } = homeWithSkill()
    write('s/docs/a.md', 'Inside.')
    write('s/.git/config', SECRET)
    symlinkSync('..', join(root, 'up'))
    symlinkSync(home, join(root, 'home'))
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        'docs',
        'a.md',
        'SKILL.md',
        'up',
        'home',
        's',
        'secret.txt',
        '.git',
        'config',
      ),
      fc.constantFrom('..\\', 'C:', '\0', '%2e%2e', '\u2025', '~', '/', '//', home, root, 'con', '...'),
      fc.string({ maxLength: 5 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (parts, absolute) => {
          const path = (absolute ? '/' : '') + parts.join('/')
          const outcome = await read(path).then(
            (file) => file.text,
            (error: { slug?: string }) => error.slug,
          )
          expect(outcome).not.toContain(SECRET)
          const known = ['artifact.no_such_file', 'artifact.unreadable', 'Inside.', skill('s')]
          expect(known, path).toContain(outcome)
        },
      ),
      { numRuns: 1_000 },
    )
    for (const path of [
      '../secret.txt',
      'docs/../../secret.txt',
      `${home}/secret.txt`,
      './SKILL.md',
      'docs//a.md',
    ])
      await expect(read(path), path).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
  })

  it('gives no byte of what lies outside while folders and links trade places', async () => {
    const { root, home, write, read } = homeWithSkill()
    write('s/docs/secret.txt', 'Inside.')
    symlinkSync(home, join(home, 'link'))
    let over = false
    const swap = async (): Promise<void> => {
      while (!over) {
        renameSync(join(root, 'docs'), join(home, 'aside'))
        renameSync(join(home, 'link'), join(root, 'docs'))
        await new Promise((resolve) => setImmediate(resolve))
        renameSync(join(root, 'docs'), join(home, 'link'))
        renameSync(join(home, 'aside'), join(root, 'docs'))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const swapping = swap()
    const seen = new Set<string>()
    // Until it was seen, too: reading and swapping may keep step for long.
    for (let round = 0; round < 500 || !seen.has('Inside.'); round++) {
      const outcome = await read('docs/secret.txt').then(
        (file) => String(file.text),
        (error: { slug?: string }) => String(error.slug),
      )
      seen.add(outcome)
    }
    over = true
    await swapping
    expect([...seen].filter((one) => one !== 'Inside.' && one !== 'artifact.no_such_file')).toEqual([])
    expect(seen).toContain('Inside.')
  })

  it('knows only its own name where the artifact is one file', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('.claude/commands/go.md', 'Go.')
        write('.claude/commands/other.md', 'Other.')
      },
    })
    const id = await idOf(daemon, 'go')
    expect((await daemon.call('artifacts.file', { id, path: 'go.md' })).text).toBe('Go.')
    for (const path of ['other.md', '../commands/go.md', 'go.md/go.md'])
      await expect(daemon.call('artifacts.file', { id, path })).rejects.toMatchObject({
        slug: 'artifact.no_such_file',
      })
  })

  it('gives of configuration files only the part that is the artifact, without secrets', async () => {
    const canary = 'hunter2-canary'
    const server = {
      command: 'npx',
      args: ['-y', '@example/db', '--token', canary, `--password=${canary}`, '--read-only'],
      env: { DB_TOKEN: canary, REGION: canary, HOME_DIR: '${HOME}' },
      headers: { 'X-Anything': canary, Authorization: 'Bearer ${TOKEN}' },
      url: `https://user:${canary}@db.example/mcp?key=${canary}`,
      apiKey: canary,
      timeout: 5_000,
    }
    const hooks = {
      PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: `TOKEN=${canary} check` }] }],
    }
    const daemon = await start({
      prepare({ write }) {
        write(
          'projects/shop/.mcp.json',
          JSON.stringify({ mcpServers: { db: server, other: { command: 'unrelated' } } }),
        )
        write('projects/shop/.claude/settings.json', JSON.stringify({ hooks, model: 'unrelated' }))
        write(
          'projects/shop/.codex/config.toml',
          `model = "unrelated"\n[mcp_servers.tomldb]\ncommand = "db"\n[mcp_servers.tomldb.env]\nSECRET = "${canary}"\n`,
        )
        write('.claude.json', JSON.stringify({ mcpServers: { mine: { command: 'mine' } }, oauth: canary }))
      },
    })
    const part = async (name: string, path: string) => {
      const file = await daemon.call('artifacts.file', { id: await idOf(daemon, name), path })
      expect(file).toMatchObject({ mediaType: 'application/json', truncated: false })
      expect(file.sizeBytes).toBe(Buffer.byteLength(file.text ?? ''))
      expect(file.text).not.toContain(canary)
      expect(file.text).not.toContain('unrelated')
      return JSON.parse(file.text ?? '') as unknown
    }
    expect(await part('db', '.mcp.json')).toEqual({
      command: 'npx',
      args: ['-y', '@example/db', '--token', '***', '--password=***', '--read-only'],
      env: { DB_TOKEN: '***', REGION: '***', HOME_DIR: '${HOME}' },
      headers: { 'X-Anything': '***', Authorization: 'Bearer ${TOKEN}' },
      url: 'https://db.example/mcp',
      apiKey: '***',
      timeout: 5_000,
    })
    expect(await part('PreToolUse:Bash#1', 'settings.json')).toEqual({
      type: 'command',
      command: 'TOKEN=*** check',
    })
    expect(await part('tomldb', 'config.toml')).toEqual({ command: 'db', env: { SECRET: '***' } })
    expect(await part('mine', '.claude.json')).toEqual({ command: 'mine' })

    daemon.write('projects/shop/.mcp.json', JSON.stringify({ mcpServers: { db: { command: 'new' } } }))
    const id = await idOf(daemon, 'db')
    await expect(daemon.call('artifacts.file', { id, path: '.mcp.json' })).rejects.toMatchObject({
      slug: 'artifact.unreadable',
      details: { reason: 'it has changed since it was read' },
    })
    await daemon.call('cache.refresh', { force: true })
    expect(await part('db', '.mcp.json')).toEqual({ command: 'new' })
    daemon.write('projects/shop/.mcp.json', '{ not json')
    await expect(daemon.call('artifacts.file', { id, path: '.mcp.json' })).rejects.toMatchObject({
      slug: 'artifact.unreadable',
    })
  })

  it('finds the servers and hooks of a plugin, also those in its manifest', async () => {
    const daemon = await start({
      prepare({ home, write }) {
        const at = '.claude/plugins/cache/m/kit/1.0.0'
        write(
          `${at}/.claude-plugin/plugin.json`,
          JSON.stringify({ name: 'kit', mcpServers: { inline: { command: 'in' } } }),
        )
        write(
          `${at}/hooks/hooks.json`,
          JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command: 'true' }] }] } }),
        )
        const entry = { scope: 'user', installPath: join(home, at), version: '1.0.0' }
        write(
          '.claude/plugins/installed_plugins.json',
          JSON.stringify({ version: 2, plugins: { 'kit@m': [entry] } }),
        )
      },
    })
    const text = async (name: string, path: string): Promise<unknown> =>
      JSON.parse((await daemon.call('artifacts.file', { id: await idOf(daemon, name), path })).text ?? '')
    expect(await text('inline', 'plugin.json')).toEqual({ command: 'in' })
    expect(await text('Stop#1', 'hooks.json')).toEqual({ type: 'command', command: 'true' })
    const plugin = await daemon.call('artifacts.files', { id: await idOf(daemon, 'kit') })
    expect(plugin.items.map(({ path }) => path)).toContain('hooks/hooks.json')
  })

  it('reads what was there, and is there again, as it is now', async () => {
    const { root, read } = homeWithSkill()
    expect((await read('SKILL.md')).text).toBe(readFileSync(join(root, 'SKILL.md'), 'utf8'))
    unlinkSync(join(root, 'SKILL.md'))
    await expect(read('SKILL.md')).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
    mkdirSync(join(root, 'SKILL.md'))
    await expect(read('SKILL.md')).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
  })
})
