import { describe, expect, it } from 'vitest'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import type { PlainArgs } from '../../client-cli/plain-args.ts'
import { runYargs } from '../../client-cli/register.ts'
import { fakeTerminal } from '../support/fake-terminal.ts'

const commands = [...hotCommands, ...coldCommands]

type Outcome = { code: number; stdout: string; stderr: string; ran: { name: string; args: PlainArgs } | null }

async function run(line: string | string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const terminal = fakeTerminal({ env })
  let ran: Outcome['ran'] = null
  const argv = Array.isArray(line) ? line : line.split(' ').filter(Boolean)
  const code = await runYargs(
    argv,
    commands,
    async ({ name }, args) => {
      ran = { name, args }
      return 0
    },
    terminal.process,
  )
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr(), ran }
}

describe('runYargs', () => {
  it.each<[string, string, PlainArgs]>([
    ['--json list', 'list', { json: true }],
    ['--no-spawn --json cache status', 'cache status', { json: true, 'no-spawn': true }],
    ['list -l5', 'list', { limit: 5 }],
    ['list --json=false', 'list', { json: false }],
    ['list --limit 0x10', 'list', { limit: 16 }],
    ['list --tag a --tag b', 'list', { tag: 'b' }],
    ['list --json --json', 'list', { json: true }],
    ['list --tag 5', 'list', { tag: '5' }],
    ['cache refresh -f 5', 'cache refresh', { force: true, project: '5' }],
    ['search a b -l3 c', 'search', { query: ['a', 'b', 'c'], limit: 3 }],
    ['search -l3 -- -x --json', 'search', { query: ['-x', '--json'], limit: 3 }],
    [
      'cache config set cache-ttl 360 --json=true',
      'cache config set',
      { key: 'cache-ttl', value: '360', json: true },
    ],
  ])('reads "smd %s"', async (line, name, args) => {
    expect((await run(line)).ran).toEqual({ name, args })
  })

  it.each<[string, string]>([
    ['lst', 'There is no command "smd lst". Did you mean: smd list?'],
    ['frobnicate', 'There is no command "smd frobnicate".'],
    ['cache stats', 'There is no command "smd cache stats". Did you mean: smd cache status?'],
    ['--jsn', 'Unknown option --jsn. Did you mean --json?'],
    ['cache', 'Which one: status, clear, refresh, config?'],
    ['cache config', 'Which one: get, set?'],
    ['list --lmit 3', 'Unknown option --lmit. Did you mean --limit?'],
    ['list --lmit=3', 'Unknown option --lmit. Did you mean --limit?'],
    ['list -x', 'Unknown option -x.'],
    ['list --no-json', 'Unknown option --no-json. Did you mean --json?'],
    ['list foo', '"foo" is one word too many.'],
    ['show a b', '"b" is one word too many.'],
    ['search', 'It needs <query..>.'],
    ['config set', 'It needs <key> and <value>.'],
    ['list --limit', '--limit needs a value.'],
    ['list --limit 0', '--limit must be a whole number, at least 1.'],
    ['list --limit -5', '--limit must be a whole number, at least 1.'],
    ['list --limit 1.5', '--limit must be a whole number, at least 1.'],
    ['list --limit many', '--limit must be a whole number, at least 1.'],
    ['search x --limit 201', '--limit must be a whole number from 1 to 200.'],
    ['list --tag=', '--tag must not be empty.'],
    [
      'list --type skil',
      '--type cannot be "skil". Did you mean skill? Choose one of: skill, command, agent, hook, mcp, plugin, rule, output-style, workflow, memory.',
    ],
    ['completion tcsh', '<shell> cannot be "tcsh". Choose one of: bash, zsh, fish, powershell.'],
    ['demo --clena', 'Unknown option --clena. Did you mean --clean?'],
  ])('refuses "smd %s" with the usage and exit code 2', async (line, message) => {
    const { code, stdout, stderr, ran } = await run(line)
    expect(ran).toBeNull()
    expect(stdout).toBe('')
    expect(stderr.split('\n')[0]).toBe(message)
    expect(stderr.split('\n')[1]).toMatch(/^Usage: smd /)
    expect(code).toBe(2)
  })

  it('answers a mistake with one JSON object on stdout when --json is given', async () => {
    const { code, stdout, stderr } = await run('list --json --lmit 3')
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      error: { slug: 'cli.usage', message: 'Unknown option --lmit. Did you mean --limit?' },
    })
    expect(stderr).toBe('')
    expect(code).toBe(2)
  })

  it('speaks English whatever the locale', async () => {
    const { stderr } = await run('search', { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' })
    expect(stderr).toContain('It needs <query..>.')
  })

  it.each(['', '--help', '-h', '--json --help'])('prints the overview for "smd %s"', async (line) => {
    const { code, stdout, stderr } = await run(line)
    expect(stdout).toContain('Usage  smd COMMAND [options]')
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('prints the version alone', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(JSON.parse((await run('--json --version')).stdout)).toEqual({
      schema: 1,
      version: expect.stringMatching(/^\d/),
    })
  })

  it('prints the same help for "VERB --help" and "VERB -h"', async () => {
    const help = await run('cache refresh --help')
    expect(help.code).toBe(0)
    expect((await run('cache refresh -h')).stdout).toBe(help.stdout)
    expect(help.stdout).toMatchInlineSnapshot(`
      "smd cache refresh [project] [options]

      Read again what is older than the time to live, in all projects or one.

      Arguments
        project  Only this one: path, name or id

      Options
        -f, --force  Also what is still fresh

      Every command
            --json      Print one JSON object on stdout and nothing else
            --no-spawn  Do not start the daemon when it is not running
        -h, --help      Show this

      Examples
        smd cache refresh                  All projects that are stale
        smd cache refresh webshop --force  One project, stale or not
      "
    `)
  })

  it('prints the verbs of a group (CACHE-4.2e)', async () => {
    expect((await run('cache --help')).stdout).toMatchInlineSnapshot(`
      "smd cache COMMAND [options]

      What smd remembers of them: how fresh, read again, forget.

      Commands
        smd cache status                    Show age, size, hit rate, stale entries
                                            and query times of the cache
        smd cache clear                     Empty the cache; the next command fills it
                                            again from the disk
        smd cache refresh [project]         Read again what is older than the time to
                                            live, in all projects or one
        smd cache config get <key>          Print the value of a setting of the cache
        smd cache config set <key> <value>  Change a setting of the cache

      Every command
            --json      Print one JSON object on stdout and nothing else
            --no-spawn  Do not start the daemon when it is not running
        -h, --help      Show this
      "
    `)
  })
})
