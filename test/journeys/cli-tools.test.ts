/** validate, demo, completion and help, as processes. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERSION } from '../../protocol/version.ts'
import { cli, createSandbox, isAlive, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
beforeAll(() => {
  box = createSandbox()
})
afterAll(() => box.dispose())

describe('smd validate', () => {
  it('checks the folder at hand, without a daemon', async () => {
    const { code, stderr } = await box.smd('validate', { cwd: join(box.home, 'projects/webshop') })
    expect(code).toBe(0)
    expect(stderr).toMatch(/^\d+ artifacts checked, none failed/)
    expect(box.daemonPid()).toBeNull()
  })

  it('names file, line and fault of what fails, and exits with 1', async () => {
    const folder = join(box.root, 'faulty/.claude/skills/Wrong_Name')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'SKILL.md'), '---\nname: other\nfrobnicate: 1\n---\nText.\n')
    const cwd = join(box.root, 'faulty')
    const { code, stdout, stderr } = await box.smd('validate --profile standard', { cwd })
    expect(code).toBe(1)
    expect(stdout).toMatchInlineSnapshot(`
      ".claude/skills/Wrong_Name  skill
        error   line 2: The name differs from its folder: other in Wrong_Name (name.not_directory)
        error   No description (description.missing)
        error   line 3: Unknown frontmatter key: frobnicate (frontmatter.unknown_key)
      "
    `)
    expect(stderr).toBe('1 artifact checked, 1 failed.\n')
    expect(await box.json('validate --profile standard', { cwd })).toMatchObject({
      schema: 1,
      path: cwd,
      profile: 'standard',
      total: 1,
      failed: 1,
      items: [{ path: folder, type: 'skill', ok: false }],
    })
  })

  it('says when there is nothing to check, and when there is no such file', async () => {
    const empty = join(box.root, 'empty')
    mkdirSync(empty)
    expect(await box.smd(['validate', empty])).toMatchObject({ code: 0, stdout: '' })
    expect(await box.smd('validate ./nothing')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('There is nothing at '),
    })
  })
})

describe('smd demo', () => {
  const folder = (): string => join(box.paths.stateDir, 'demo')

  it('makes a sample with a daemon of its own, runs commands against it, and removes it', async () => {
    const made = await box.smd('demo')
    expect(made.code).toBe(0)
    expect(box.tidy(made.stdout)).toMatchInlineSnapshot(`
      "A sample of 32 artifacts is in <root>/smd/state/demo/home
      A daemon of its own serves it (pid <pid>). Put "smd demo" before any command:
        smd demo list
        smd demo search review
        smd demo show code-review
        smd demo projects list
      Remove it all with: smd demo --clean
      "
    `)
    const { pid } = (await box.json('demo')) as { pid: number }
    expect(isAlive(pid)).toBe(true)
    expect(box.daemonPid()).toBeNull()

    const list = JSON.parse((await box.smd('demo list --type skill --json')).stdout)
    expect(list.items.length).toBe(list.total)
    for (const item of list.items) expect(item.path.startsWith(folder())).toBe(true)
    expect(JSON.parse((await box.smd('demo --json projects show .')).stdout)).toMatchObject({
      name: 'webshop',
    })
    expect((await box.smd('demo show no-such-thing')).code).toBe(3)
    expect((await box.smd('demo lst')).code).toBe(2)

    expect(box.tidy((await box.smd('demo --clean')).stdout)).toBe('Removed <root>/smd/state/demo\n')
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(folder())).toBe(false)
    expect((await box.smd('demo --clean')).stdout).toBe('There is no sample to remove.\n')
  })

  it('does not look at the things of the user', async () => {
    const env = { CLAUDE_CONFIG_DIR: join(box.home, '.claude'), SMD_DISCOVERY_ROOTS: box.home }
    try {
      const { items } = JSON.parse((await box.smd('demo list --json', { env })).stdout)
      for (const item of items) expect(item.path.startsWith(folder())).toBe(true)
    } finally {
      await box.smd('demo --clean')
    }
  })

  it('makes an interrupted sample anew', async () => {
    mkdirSync(join(folder(), 'home/.claude'), { recursive: true, mode: 0o700 })
    writeFileSync(join(folder(), 'home/.claude.json'), '{')
    try {
      expect((await box.smd('demo')).code).toBe(0)
      expect(JSON.parse(readFileSync(join(folder(), 'home/.claude.json'), 'utf8'))).toHaveProperty('projects')
    } finally {
      await box.smd('demo --clean')
    }
  })
})

describe('smd completion', () => {
  beforeAll(async () => {
    expect((await box.smd('start')).code).toBe(0)
  })

  /** What bash offers with the cursor behind the last of these words. */
  async function bash(...words: string[]): Promise<string[]> {
    const script = `
      smd() { "${process.execPath}" "${cli}" "$@"; }
      source <(smd completion bash)
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      _smd
      ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
      exit 0`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, 'bash', ...words], {
      env: box.env,
    })
    expect(stderr).toBe('')
    return stdout.split('\n').filter(Boolean)
  }

  it.each<[string[], string[]]>([
    [
      ['smd', 'pro'],
      ['profiles', 'projects'],
    ],
    [
      ['smd', 'projects', ''],
      ['list', 'show', 'add', 'remove', 'scan'],
    ],
    [['smd', 'list', '--type', 's'], ['skill']],
    [['smd', 'list', '--type', '=', 's'], ['skill']],
    [
      ['smd', 'list', '--type', '='],
      ['skill', 'command', 'agent', 'hook', 'mcp', 'plugin', 'rule', 'output-style', 'workflow', 'memory'],
    ],
    [['smd', 'show', 'code'], ['code-review']],
    [['smd', 'show', '"code'], ['code-review']],
    [
      ['smd', 'show', 'release-kit', ':', 'releas'],
      ['release', 'release-manager'],
    ],
    [['smd', 'projects', 'show', 'web'], ['webshop']],
    [['smd', 'cache', 'config', 'get', 'cache-'], ['cache-ttl']],
    [['smd', 'validate', ''], []],
    [['smd', 'frobnicate', ''], []],
  ])('completes %j in bash', async (words, expected) => {
    expect((await bash(...words)).toSorted()).toEqual(expected.toSorted())
  })

  it.each(['bash', 'zsh', 'fish', 'powershell'])(
    'prints a script for %s that calls smd __complete',
    async (shell) => {
      const { code, stdout } = await box.smd(`completion ${shell}`)
      expect(code).toBe(0)
      expect(stdout).toContain('smd __complete "--word=')
      expect(await box.json(`completion ${shell}`)).toEqual({ schema: 1, shell, script: expect.any(String) })
    },
  )

  it('says nothing, and starts nothing, when there is no daemon', async () => {
    const other = createSandbox()
    try {
      expect(await other.smd(['__complete', '--word=code', '--', 'show'])).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      })
      expect(other.daemonPid()).toBeNull()
      expect((await other.smd(['__complete', '--word=', '--', 'config', 'get'])).stdout).toContain(
        'log.level\t',
      )
    } finally {
      await other.dispose()
    }
  })
})

describe('smd', () => {
  it.each(['', '--help', 'help'])('prints the overview for "smd %s" (CACHE-4.2e)', async (line) => {
    const { code, stdout, stderr } = await box.smd(line, { env: { COLUMNS: '100' } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "smd: what is where in all projects (skills, commands, agents, hooks, MCP servers, plugins)

      Usage  smd COMMAND [options]

      Look
        open [path]        Show the page in the browser, signed in
        list               List skills, commands, agents, hooks, MCP servers, plugins, … of all projects
        search <query..>   Search names, titles, descriptions, tags and sources, or what artifacts hold
        show <name>        Show one artifact: what it is, where it is, what is wrong with it
        where <name>       Say which projects have an artifact, in which version, and which copies are the
                           same
        similar <name>     List artifacts that hold nearly the same as one of them
        find-duplicates    List what stands under several names, and what is nearly the same
        outdated [name..]  List what has something newer upstream, as of the last check
        diff <name>        Show what differs between an artifact and its source, or another copy
        watch              Print what happens, as it happens: changes of artifacts and projects,
                           refreshes, warnings
        history [project]  Show what happened to projects and artifacts in the last days, newest first
        analytics COMMAND  What was done with artifacts, for you alone

      Collect
        init                              Make your library with its first collection
        collection COMMAND                Libraries of your own: make, look into, use
        active-collection [name]          Say which collection commands work on, or choose it
        add skill|command|agent|hook|mcp  Copy an artifact into a collection, by type
        quick-add <spec>                  Copy an artifact into the active collection, as what it looks
                                          like
        adopt [name..]                    Take artifacts that others put into a project into a collection,
                                          without moving them
        remove <name>                     Take an artifact out of a collection; copies in projects stay
        consolidate [name..]              Bring together what stands in a collection more than once;
                                          projects get the one that is kept
        verify <spec>                     Say whether a source holds an artifact of a type, without adding
                                          it
        tag COMMAND                       Tags of artifacts in collections: define, give, take off
        group COMMAND                     Groups of artifacts in collections, and the order in them
        snapshot [message]                Take a snapshot of a collection, to go back to
        snapshots                         List the snapshots of a collection, newest first
        rollback <id>                     Go back to a snapshot of a collection; what is there now is in
                                          another snapshot first

      Deploy
        deploy [name..]        Deploy artifacts of a collection to projects
        undeploy [name..]      Take deployed artifacts away from projects
        deployments            List what was deployed where, and how it stands to its collection
        sets list|save|delete  Artifacts that are deployed together, by name
        profiles               List the agents that can be deployed to, with their folders
        undo [operation]       Take a change of projects or collections back

      Keep in step
        sync-check <project>    Show how what a project has from collections stands to them
        sync-preview <project>  Show what a pull or push would change, line by line
        sync-pull <project>     Take what was edited in a project into its collections
        sync-push [project..]   Bring projects up to what their collections hold, with what was edited in
                                them
        update [name..]         Bring what a collection has from elsewhere up to date, with what was
                                edited in it

      Manage
        projects list|show|add|remove|scan  The projects smd knows
        sync [project]                      Bring every change made so far into the cache
        cache status|clear|refresh|config   What smd remembers of them: how fresh, read again, forget
        upstream list|check                 The places artifacts come from: list, ask for news
        config list|get|set|unset           Settings, kept in config.toml
        backup create|list|restore          Copies of settings and cache, one made every day
        token create|list|revoke            Access for programs that use the daemon over HTTP
        validate [path]                     Check skills, commands, agents, hooks and servers on disk
                                            against the rules of a host
        gc                                  Find what lies around and is of no use, and remove it after
                                            asking

      Daemon
        start            Start the daemon in the background; returns when it answers
        stop             End the daemon; returns when it is gone
        restart          End the daemon if it runs, and start it again
        status           Say whether the daemon runs, what it holds and how it is
        jobs COMMAND     What the daemon does by itself, and when
        doctor           Look for anything that keeps smd from working and say how to mend it
        service COMMAND  The daemon as a service that the system starts

      Diagnosis
        logs            Show what the daemon did: the last lines of its log, and those to come
        metrics         Print figures of the daemon in the text format of Prometheus
        support-bundle  Collect what helps to find a fault of smd into a ZIP file; nothing is sent
                        anywhere

      More
        demo [command..]    Try smd on a small sample, away from your own projects
        help [command..]    Explain smd, or one command, as --help does
        completion <shell>  Print the script that completes commands, options and names in your shell

        --json      Every command: one JSON object on stdout
        --no-spawn  Do not start the daemon when it is not running
        --help      smd COMMAND --help says more about one command
        --version   Version of smd
      "
    `)
  })

  it('prints its version', async () => {
    expect(await box.smd('--version')).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  it('prints help and mistakes where they belong (CACHE-4.2e)', async () => {
    const help = await box.smd('cache clear --help')
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('Empty the cache; the next command fills it again from the disk.')
    expect(await box.smd('cache clera')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'There is no command "smd cache clera". Did you mean: smd cache clear?\nUsage: smd cache status|clear|refresh|config\n',
    })
  })

  it('works from a folder that was removed', async () => {
    const script = `cd "$1" && rmdir "$1" && "${process.execPath}" "${cli}" list --limit 1`
    const gone = join(box.root, 'gone')
    mkdirSync(gone)
    const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', gone], { env: box.env })
    expect(stdout.split('\n')).toHaveLength(3)
  })
})
