/** smd cache and smd config, as processes against a real daemon and a real database. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
beforeAll(async () => {
  box = createSandbox()
  expect((await box.smd('start')).code).toBe(0)
})
afterAll(() => box.dispose())

const command = (name: string): string => join(box.home, `projects/notes/.claude/commands/${name}.md`)

describe('smd cache status', () => {
  it('shows age, size, hit rate, stale entries and query times as a table (CACHE-4.2a, CACHE-4.4a)', async () => {
    const { code, stdout } = await box.smd('cache status')
    expect(code).toBe(0)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    expect(rows.map(([name]) => name)).toEqual([
      'CACHE',
      'Age',
      'Last refresh',
      'Time to live',
      'Size',
      'File',
      'Projects',
      'Artifacts',
      'Hit rate',
      'Query time',
    ])
    const values = Object.fromEntries(rows)
    expect(values['Time to live']).toBe('6 h')
    expect(values.Size).toMatch(/^\d+\.\d kB$/)
    expect(values.File).toBe(box.paths.cacheDb)
    expect(values.Projects).toBe('5, 0 stale, 1 failed')
    expect(values.Artifacts).toBe('32, 2 outdated, 1 modified')
    expect(values['Hit rate']).toMatch(/^\d+ % of \d+ reads?$/)
    expect(values['Query time']).toMatch(/^\d+\.\d\d ms on average, \d+\.\d\d ms at most \(\d+\)$/)
  })

  it('has the same as JSON (CACHE-4.2a)', async () => {
    expect(await box.json('cache status')).toMatchObject({
      schema: 1,
      storage: 'file',
      path: box.paths.cacheDb,
      ttlMs: 21_600_000,
      projects: 5,
      staleProjects: 0,
      failedProjects: 1,
      artifacts: 32,
      lastRefreshAt: expect.stringMatching(/Z$/),
    })
  })
})

describe('smd cache refresh', () => {
  // What is watched needs no refresh.
  beforeAll(() => box.smd('config set watch.mode off'))
  afterAll(async () => {
    await box.smd('config unset watch.mode')
    await box.smd('sync --wait')
  })

  it('reads one project, and finds what was added to it (CACHE-4.2c, CACHE-4.4a)', async () => {
    writeFileSync(command('added'), 'Do this.\n')
    const { code, stdout } = await box.smd('cache refresh notes --force')
    expect(code).toBe(0)
    expect(box.tidy(stdout)).toMatch(
      /^Read 1 project in <time>\n1 added, 0 changed, 0 removed, \d+ unchanged \(/,
    )
    expect((await box.smd('show added')).code).toBe(0)
  })

  it('reads all projects and counts what it did (CACHE-4.2c)', async () => {
    writeFileSync(command('added'), 'Do that instead.\n')
    const answer = await box.json('cache refresh --force')
    expect(answer).toMatchObject({
      schema: 1,
      refreshed: true,
      result: {
        success: true,
        projectsRefreshed: 4,
        errors: [],
        counters: { added: 0, changed: 1, removed: 0, filesRead: 1 },
      },
    })
  })

  it('means the caller by a relative path, and knows when there is no such project', async () => {
    const here = await box.smd('cache refresh . --force', { cwd: join(box.home, 'projects/notes') })
    expect(here.stdout).toMatch(/^Read 1 project /)
    expect(await box.smd('cache refresh nowhere')).toMatchObject({
      code: 3,
      stderr: 'No project matches "nowhere".\nList the projects with: smd projects list\n',
    })
  })

  it.runIf(process.platform === 'linux')('shows a bar in a terminal (CACHE-4.2c)', async () => {
    const { code, stdout } = await box.smd('cache refresh --force', { keyboard: '' })
    expect(code).toBe(0)
    expect(stdout).toContain('\r\u001b[K')
    expect(stdout).toContain('Read 4 projects')
  })
})

describe('smd cache clear', () => {
  it('does nothing without a yes where nobody can be asked (CACHE-4.2b, CACHE-4.2e)', async () => {
    expect(await box.smd('cache clear')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Emptying the cache needs a yes, and there is nobody to ask.\nSay it with --yes.\n',
    })
    expect(await box.json('cache clear')).toMatchObject({
      schema: 1,
      error: { slug: 'cli.confirmation_needed' },
    })
    expect((await box.json('cache status')).artifacts).toBe(33)
  })

  it.runIf(process.platform === 'linux')(
    'asks in a terminal and takes no for an answer (CACHE-4.2b)',
    async () => {
      const { code, stdout } = await box.smd('cache clear', { keyboard: 'n\n' })
      expect(stdout).toContain('Empty the cache? Your files and settings stay as they are. [y/N]')
      expect(stdout).toContain('Nothing was changed.')
      expect(code).toBe(1)
      expect((await box.json('cache status')).artifacts).toBe(33)
    },
  )

  it.runIf(process.platform === 'linux')(
    'asks in a terminal and empties it after a yes (CACHE-4.2b)',
    async () => {
      const { code, stdout } = await box.smd('cache clear', { keyboard: 'yes\n' })
      expect(code).toBe(0)
      expect(stdout).toContain('The cache is empty: 33 artifacts of 5 projects removed.')
    },
  )

  it('empties it completely with --yes; the next command fills it again (CACHE-4.2b, CACHE-4.4a)', async () => {
    await box.smd('list')
    expect(await box.json('cache clear --yes')).toEqual({
      schema: 1,
      removedProjects: 5,
      removedArtifacts: 33,
    })
    expect(await box.json('cache status')).toMatchObject({ projects: 0, artifacts: 0, lastRefreshAt: null })
    expect((await box.json('list')).total).toBe(33)
    expect(await box.json('cache status')).toMatchObject({ projects: 5, artifacts: 33 })
  })
})

describe('smd cache config', () => {
  it('prints and changes the time to live, which takes effect at once (CACHE-4.2d)', async () => {
    expect(await box.smd('cache config get cache-ttl')).toEqual({ code: 0, stdout: '360\n', stderr: '' })
    expect(await box.smd('cache config set cache-ttl 90')).toEqual({
      code: 0,
      stdout: 'cache.ttl_minutes is now 90\n',
      stderr: '',
    })
    expect((await box.json('cache status')).ttlMs).toBe(90 * 60_000)
    expect(await box.json('cache config get ttl_minutes')).toMatchObject({
      schema: 1,
      key: 'cache.ttl_minutes',
      value: 90,
      default: 360,
      origin: 'file',
    })
  })

  it('refuses what is no value of it, with what would be (CACHE-4.2d, CACHE-4.2e)', async () => {
    expect(await box.smd('cache config set cache-ttl soon')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'cache.ttl_minutes cannot be "soon"; expected a whole number from 1 to 525600.\nUsage: smd cache config set <key> <value>\n',
    })
  })

  it('knows settings of the cache only', async () => {
    expect(await box.smd('cache config get log.level')).toMatchObject({ code: 3 })
    expect(await box.smd('cache config get path')).toMatchObject({ code: 0, stdout: '\n' })
  })

  it('says which variable decides, and leaves the file alone then (CACHE-4.2d)', async () => {
    const other = createSandbox()
    try {
      const env = { SMD_CACHE_TTL_MINUTES: '5' }
      expect((await other.smd('cache config get cache-ttl', { env })).stdout).toBe('5\n')
      expect(await other.smd('cache config set cache-ttl 90', { env })).toMatchObject({
        code: 4,
        stderr:
          'cache.ttl_minutes is set by the environment variable SMD_CACHE_TTL_MINUTES.\nUnset the variable to change the setting here.\n',
      })
    } finally {
      await other.dispose()
    }
  })
})

describe('smd config', () => {
  it('lists every setting with its value and where that comes from', async () => {
    await box.smd('config unset cache.ttl_minutes')
    const { stdout, stderr } = await box.smd('config list', { env: { COLUMNS: '78' } })
    expect(stdout).toMatchInlineSnapshot(`
      "KEY                              VALUE   FROM             WHAT
      cache.enabled                    true    default          Answer from the cac…
      cache.ttl_minutes                360     default          Minutes after which…
      cache.path                       -       default          File of the cache; …
      cache.max_size_mb                500     default          Size in MB (10^6 by…
      cache.cleanup_retention_days     30      default          Days that the rows …
      cache.enable_background_refresh  true    default          Read stale projects…
      cache.refresh_interval_hours     6       default          Hours from one sche…
      cache.project_refresh_intervals  {}      default          Minutes after which…
      discovery.roots                  -       default          Folders below which…
      discovery.max_depth              6       default          How many levels bel…
      discovery.max_directories        100000  default          How many folders on…
      discovery.skip                   -       default          Names of folders th…
      discovery.interval_minutes       60      default          Minutes from one se…
      projects.include                 -       default          Projects that are a…
      projects.exclude                 -       default          Projects that are n…
      scan.workers                     0       default          Worker threads that…
      scan.max_main_file_mb            1       default          Size in MB (10^6 by…
      scan.max_artifact_mb             256     default          Size in MB (10^6 by…
      scan.max_artifact_files          10000   default          Number of files bey…
      upstream.interval_minutes        360     default          Minutes after which…
      marketplaces.interval_minutes    1440    default          Minutes after which…
      web.enabled                      false   SMD_WEB_ENABLED  Serve the page and …
      web.port                         7463    default          Port of the page; w…
      web.base_path                    /       default          Path below which th…
      web.session_days                 30      default          Days after which a …
      watch.mode                       auto    default          How changes of file…
      watch.settle_ms                  20      default          Milliseconds withou…
      watch.max_settle_ms              2000    default          Milliseconds after …
      watch.scan_interval_seconds      30      default          Seconds between two…
      watch.max_folders                0       default          Folders watched at …
      watch.discovery_folders          2000    default          Folders watched at …
      daemon.idle_exit_minutes         240     default          Minutes without any…
      analytics.enabled                true    default          Note on this machin…
      analytics.retention_days         90      default          Days that single ev…
      analytics.transcripts            false   default          Count in the transc…
      jobs.paused                      -       default          Jobs that run by ha…
      jobs.retention_days              30      default          Days that runs of j…
      events.retention_days            7       default          Days that the histo…
      maintenance.budget_ms            10000   default          Milliseconds that t…
      log.slow_query_ms                50      default          Milliseconds beyond…
      net.offline                      false   default          Ask nobody outside …
      net.timeout_seconds              30      default          Longest silence of …
      log.level                        info    default          Least severity that…
      agents                           {}      default          More agents and the…
      "
    `)
    expect(box.tidy(stderr)).toBe('Kept in <root>/smd/config/config.toml\n')
    const answer = await box.json('config list')
    expect(answer).toMatchObject({ schema: 1, file: box.paths.configFile, warnings: [] })
    expect((answer.items as unknown[]).length).toBe(answer.total)
  })

  it('keeps comments and unknown keys of the file', async () => {
    const text = '# mine\n[cache]\nttl_minutes = 90 # an hour and a half\n[future]\nkey = 1\n'
    writeFileSync(box.paths.configFile, text)
    await box.smd('config set log.level debug')
    expect((await box.smd('config get log.level')).stdout).toBe('debug\n')
    expect(readFileSync(box.paths.configFile, 'utf8')).toBe(`${text}\n[log]\nlevel = "debug"\n`)
    expect((await box.smd('config list')).stderr).toContain('unknown setting future')
    expect(await box.smd('config unset log.level')).toMatchObject({
      code: 0,
      stdout: 'log.level is no longer set; its value is info\n',
    })
  })

  it('takes several values with commas and an empty text for none', async () => {
    const roots = `${box.home}/projects,${box.home}/work`
    expect((await box.smd(`config set discovery.roots ${roots}`)).code).toBe(0)
    expect((await box.smd('config get discovery.roots')).stdout).toBe(`${roots}\n`)
    expect((await box.smd(['config', 'set', 'discovery.roots', ''])).stdout).toBe(
      'discovery.roots is now empty\n',
    )
    expect((await box.json('config get discovery.roots')).value).toEqual([])
  })

  it('says when a change waits for a restart', async () => {
    expect(await box.smd('config set scan.workers 1')).toMatchObject({
      stdout: 'scan.workers is now 1\n',
      stderr: 'It counts after: smd restart\n',
    })
  })

  it('names file, line and expectation of a mistake made by hand', async () => {
    const text = readFileSync(box.paths.configFile, 'utf8')
    writeFileSync(box.paths.configFile, '[cache]\nttl_minutes = "soon"\n')
    expect(await box.smd('config list')).toMatchObject({
      code: 2,
      stderr: `${box.paths.configFile}:2: cache.ttl_minutes is "soon", expected a whole number from 1 to 525600.\nCorrect the line, or remove the key to use the default.\n`,
    })
    writeFileSync(box.paths.configFile, text)
  })
})
