// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what shells make of it
/** Names, arguments and files that want to be run are only read (S11). */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { figuresOf } from '../soak/figures.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
let marker: string
beforeEach(() => {
  box = createSandbox({ sample: false })
  marker = join(box.root, 'pwned')
})
afterEach(() => box.dispose())

/** What shells and programs take for more than a name. No `/`, so that each can be the name of a folder. */
const payloads = [
  ...[
    '$(touch pwned)',
    '`touch pwned`',
    '; touch pwned;',
    '| touch pwned',
    '&& touch pwned',
    '& touch pwned &',
  ],
  ...[
    "'; touch pwned; '",
    '"; touch pwned; "',
    '\ntouch pwned\n',
    '\r\ntouch pwned',
    '${IFS}touch${IFS}pwned',
  ],
  ...[
    '--help',
    '-e',
    '--eval=require("fs").writeFileSync("pwned","")',
    '--upload-pack=touch pwned',
    '-rpwned.js',
  ],
  ...[
    '%COMSPEC%',
    '!touch pwned',
    '~root',
    '*',
    '?',
    '{a,b}',
    '> pwned',
    '< pwned',
    '\\',
    '#',
    '$0',
    '..;',
    'a\u202eb',
  ],
  ...['\x1b]0;title\x07', '\x1b[2J', '%00', "' OR 1=1 --", '"; DROP TABLE artifacts; --', 'NEAR(a b)', 'a"b'],
]
const write = (file: string, content: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
const touch = (): string => `touch ${marker}`

/** Whatever an agent would run in this project, if it were asked to. */
function writeTrap(project: string): void {
  const command = { type: 'command', command: touch() }
  const hooks = Object.fromEntries(
    ['SessionStart', 'PreToolUse', 'Stop'].map((event) => [event, [{ matcher: '*', hooks: [command] }]]),
  )
  const servers = { trap: { command: 'sh', args: ['-c', touch()] }, direct: { command: touch() } }
  write(
    join(project, '.claude/settings.json'),
    JSON.stringify({ hooks, apiKeyHelper: touch(), statusLine: command, awsAuthRefresh: touch() }),
  )
  write(join(project, '.mcp.json'), JSON.stringify({ mcpServers: servers }))
  write(
    join(project, '.git/config'),
    `[core]\n\tfsmonitor = ${touch()}\n\tsshCommand = ${touch()}\n\thooksPath = .hooks\n[diff]\n\texternal = ${touch()}\n`,
  )
  write(join(project, '.git/HEAD'), 'ref: refs/heads/main\n')
  write(join(project, '.hooks/post-index-change'), `#!/bin/sh\n${touch()}\n`)
  write(
    join(project, 'package.json'),
    JSON.stringify({ scripts: { preinstall: touch(), postinstall: touch() } }),
  )
  write(join(project, '.envrc'), `${touch()}\n`)
  write(
    join(project, '.claude/skills/run/SKILL.md'),
    `---\nname: run\ndescription: !!js/function 'function () { ${touch()} }'\n---\n!\`${touch()}\`\n`,
  )
  write(join(project, '.claude/commands/run.md'), `---\nallowed-tools: Bash\n---\n!\`${touch()}\`\n`)
}

describe('what wants to be run', () => {
  it('in files and names of projects is read, and the daemon starts nothing but its own writer', async () => {
    const projects = payloads.map((payload) => join(box.home, 'projects', payload))
    for (const project of projects) writeTrap(project)
    for (const project of projects.slice(0, 12)) {
      expect(await box.smd(['projects', 'add', project], { cwd: project })).toMatchObject({ code: 0 })
    }
    expect(await box.smd('cache refresh --force')).toMatchObject({ code: 0 })
    const { items } = (await box.json('list --type hook --limit 1000')) as { items: unknown[] }
    expect(items.length).toBeGreaterThanOrEqual(payloads.length)
    for (const project of projects.slice(0, 6)) {
      await box.smd(['validate', project], { cwd: project })
      expect(await box.json(['projects', 'show', project])).toMatchObject({ path: project })
    }
    if (process.platform === 'linux') {
      expect(figuresOf(box.daemonPid() ?? 0)).toMatchObject({ strangers: 0 })
    }
    expect(existsSync(marker)).toBe(false)
    expect(readdirSync(box.root).toSorted()).toEqual(['home', 'smd'])
  })

  it('in arguments arrives as it is, also through the process that smd demo starts', async () => {
    const quoted = payloads.filter(
      (payload) => /touch|DROP|NEAR|OR/.test(payload) && !payload.startsWith('-'),
    )
    for (const payload of quoted) {
      const found = await box.json(['demo', 'search', payload])
      expect(found).toMatchObject({ schema: 1 })
      expect(found).not.toHaveProperty('error')
      const shown = (await box.json(['demo', 'show', payload])) as { error?: { message?: string } }
      expect(shown.error?.message).toContain(payload)
    }
    expect(existsSync(join(box.root, 'pwned'))).toBe(false)
    expect(await box.json('demo list --limit 1')).toMatchObject({ total: 32 })
    await box.smd('demo --clean')
  })
})
