import { describe, expect, it } from 'vitest'
import { resolveSettings, suggest } from '../../../../daemon/kernel/config/schema.ts'
import { parseToml } from '../../../../daemon/kernel/config/toml.ts'
import { settingKeys, settingSpec } from '../../../../protocol/settings.ts'

const file = '/c/config.toml'
const resolve = (text: string | null, env: NodeJS.ProcessEnv = {}) =>
  resolveSettings(text === null ? null : { toml: parseToml(text, file), file }, env, '/home/ann')
const problems = (text: string, env: NodeJS.ProcessEnv = {}) =>
  resolve(text, env).problems.map((problem) => problem.message)

describe('resolveSettings', () => {
  it('gives every default without file and environment (CACHE-2.1h)', () => {
    const { settings, origins, unknownKeys, problems } = resolve(null)
    expect(settings).toEqual({
      analytics: { enabled: true, retention_days: 90, transcripts: false },
      cache: {
        enabled: true,
        ttl_minutes: 360,
        path: null,
        max_size_mb: 500,
        cleanup_retention_days: 30,
        enable_background_refresh: true,
        refresh_interval_hours: 6,
        project_refresh_intervals: {},
      },
      daemon: { idle_exit_minutes: 240 },
      discovery: { roots: [], max_depth: 6, max_directories: 100_000, skip: [], interval_minutes: 60 },
      events: { retention_days: 7 },
      jobs: { paused: [], retention_days: 30 },
      maintenance: { budget_ms: 10_000 },
      projects: { include: [], exclude: [] },
      upstream: { interval_minutes: 360 },
      marketplaces: { interval_minutes: 1_440 },
      watch: {
        mode: 'auto',
        settle_ms: 20,
        max_settle_ms: 2_000,
        scan_interval_seconds: 30,
        max_folders: 0,
        discovery_folders: 2_000,
      },
      web: { enabled: true, port: 7463, base_path: '/', session_days: 30 },
      scan: { workers: 0, max_main_file_mb: 1, max_artifact_mb: 256, max_artifact_files: 10_000 },
      net: { offline: false, timeout_seconds: 30 },
      log: { level: 'info', slow_query_ms: 50 },
      agents: {},
    })
    expect(Object.values(origins).every(({ origin }) => origin.from === 'default')).toBe(true)
    expect([unknownKeys, problems]).toEqual([[], []])
    expect(resolve('').settings).toEqual(settings)
  })

  it('takes values from the file and says on which line (CACHE-2.1h)', () => {
    const { settings, origins } = resolve(
      '# smd\n[cache]\npath = "~/c.db"\nttl_minutes = 15\n\n[projects]\ninclude = [\n "~/a",\n "/b",\n]\n[agents.mine]\nskills = ["x"]\n',
    )
    expect(settings.cache).toMatchObject({ path: '/home/ann/c.db', ttl_minutes: 15, max_size_mb: 500 })
    expect(settings.projects.include).toEqual(['/home/ann/a', '/b'])
    expect(settings.agents).toEqual({ mine: { skills: ['x'] } })
    expect(origins['cache.path']).toEqual({
      value: '~/c.db',
      origin: { from: 'file', file, line: 3, name: 'cache.path' },
    })
    expect(origins['cache.ttl_minutes'].origin).toMatchObject({ line: 4 })
    expect(origins['projects.include']).toMatchObject({ value: ['~/a', '/b'], origin: { line: 7 } })
    expect(origins.agents.origin).toMatchObject({ line: 11 })
  })

  it.each([
    ['cache-ttl = 10', 10, 'cache-ttl'],
    ['[cache]\ncache-ttl = "20"', 20, 'cache.cache-ttl'],
    ['[cache]\nttl_minutes = "30"', 30, 'cache.ttl_minutes'],
    ['cache.ttl_minutes = 40', 40, 'cache.ttl_minutes'],
    ['cache = { ttl_minutes = 50 }', 50, 'cache.ttl_minutes'],
    ['[cache]\nttl_minutes = 60\ncache-ttl = 70', 70, 'cache.cache-ttl'],
  ])('knows the time to live by its other names: %j (CACHE-4.2d)', (text, value, name) => {
    const { settings, origins, problems } = resolve(text)
    expect(problems).toEqual([])
    expect(settings.cache.ttl_minutes).toBe(value)
    expect(origins['cache.ttl_minutes'].origin).toMatchObject({ from: 'file', name })
  })

  it('lets the environment win over the file, and an empty variable count as unset', () => {
    const text = '[cache]\nttl_minutes = 15\n'
    expect(resolve(text, { SMD_CACHE_TTL_MINUTES: '99' }).origins['cache.ttl_minutes']).toEqual({
      value: 99,
      origin: { from: 'environment', variable: 'SMD_CACHE_TTL_MINUTES' },
    })
    expect(resolve(text, { SMD_CACHE_TTL_MINUTES: '' }).settings.cache.ttl_minutes).toBe(15)
  })

  it.each([
    ['false', false],
    ['0', false],
    ['off', false],
    ['True', true],
    ['', true],
  ])('switches the cache by FEATURE_CACHE_ENABLED="%s" (CACHE-6.6b)', (value, enabled) => {
    expect(resolve(null, { FEATURE_CACHE_ENABLED: value }).settings.cache.enabled).toBe(enabled)
    expect(resolve('[cache]\nenabled = false', {}).settings.cache.enabled).toBe(false)
  })

  it('reads every setting that has a variable from it', () => {
    const sample = {
      integer: '3',
      number: '0.5',
      boolean: 'no',
      string: '/a',
      'string[]': '/a,/b',
      table: '',
    }
    for (const key of settingKeys) {
      const spec = settingSpec(key)
      if (!spec.env) continue
      const text =
        spec.type === 'enum' ? spec.choices.at(-1) : key === 'cache.max_size_mb' ? '30' : sample[spec.type]
      const { origins, problems } = resolve(null, { [spec.env]: text })
      expect(problems).toEqual([])
      expect(origins[key].origin).toEqual({ from: 'environment', variable: spec.env })
    }
  })

  it.each([
    [
      '[cache]\n# x\nttl_minutes = "soon"',
      `${file}:3: cache.ttl_minutes is "soon", expected a whole number from 1 to 525600.`,
    ],
    [
      '[cache]\r\nttl_minutes = 0',
      `${file}:2: cache.ttl_minutes is 0, expected a whole number from 1 to 525600.`,
    ],
    ['cache-ttl = 1.5', `${file}:1: cache-ttl is 1.5, expected a whole number from 1 to 525600.`],
    ['[cache]\nenabled = "yes"', `${file}:2: cache.enabled is "yes", expected true or false.`],
    [
      '[cache]\nenabled = 1979-05-27',
      `${file}:2: cache.enabled is the date 1979-05-27, expected true or false.`,
    ],
    [
      '\n\n[log]\n\nlevel = "loud"',
      `${file}:5: log.level is "loud", expected one of debug, info, warn, error.`,
    ],
    [
      'text = """\n[cache]\nenabled = 1\n"""\n[cache]\nenabled = 1',
      `${file}:6: cache.enabled is 1, expected true or false.`,
    ],
    [
      '[projects]\ninclude = "/a"',
      `${file}:2: projects.include is "/a", expected a list of paths that are absolute or begin with ~/.`,
    ],
    [
      'projects.include = ["a"]',
      `${file}:1: projects.include is ["a"], expected a list of paths that are absolute or begin with ~/.`,
    ],
    ['[scan.workers]\nx = 1', `${file}:1: scan.workers is a table, expected a whole number from 0 to 8.`],
    ['[scan]\nworkers.x = 1', `${file}:2: scan.workers is a table, expected a whole number from 0 to 8.`],
    ['\ncache = 5', `${file}:2: cache is 5, expected a table.`],
    ['[[cache]]\nenabled = true', `${file}:1: cache is a list of tables, expected a table.`],
    ['agents = 1', `${file}:1: agents is 1, expected a table.`],
    ['[scan]\nmax_artifact_files = 99999999999999999999', null],
  ])('says file, line, key and what was expected in %j', (text, message) => {
    if (message === null) {
      expect(problems(text)).toEqual([expect.stringContaining('expected a whole number from 1 to 10000000.')])
      return
    }
    expect(problems(text)).toEqual([message])
  })

  it('reports every bad value and uses the next best one', () => {
    const resolved = resolve('[cache]\nttl_minutes = -1\nenabled = 2\n[log]\nlevel = "warn"', {
      SMD_SCAN_WORKERS: '9',
      SMD_LOG_LEVEL: 'x',
    })
    expect(resolved.problems.map((problem) => problem.details.key)).toEqual([
      'cache.enabled',
      'cache.ttl_minutes',
      'scan.workers',
      'log.level',
    ])
    expect(resolved.problems[2]?.message).toBe(
      'environment:SMD_SCAN_WORKERS: scan.workers is "9", expected a whole number from 0 to 8.',
    )
    expect(resolved.settings).toMatchObject({
      cache: { ttl_minutes: 360, enabled: true },
      log: { level: 'warn' },
    })
  })

  it('reports a bad value of the file even when the environment covers it', () => {
    const { problems, settings } = resolve('cache.ttl_minutes = 0', { SMD_CACHE_TTL_MINUTES: '5' })
    expect(problems).toHaveLength(1)
    expect(settings.cache.ttl_minutes).toBe(5)
  })

  it('keeps unknown keys and says what was probably meant', () => {
    const { unknownKeys, problems } = resolve(
      'ttl_minuts = 5\n[cache]\nttl_minuets = 5\nnonsense = 1\n"a.b" = 1\n[cahce]\nx = 1\n[agents.anything]\nx = 1\n["log.level"]\n[log]\nlevle = "info"\n',
    )
    expect(problems).toEqual([])
    expect(unknownKeys).toEqual([
      { file, line: 1, key: 'ttl_minuts', suggestion: 'cache.ttl_minutes' },
      { file, line: 3, key: 'cache.ttl_minuets', suggestion: 'cache.ttl_minutes' },
      { file, line: 4, key: 'cache.nonsense', suggestion: null },
      { file, line: 5, key: 'cache.a.b', suggestion: null },
      { file, line: 6, key: 'cahce', suggestion: 'cache' },
      { file, line: 10, key: 'log.level', suggestion: 'log.level' },
      { file, line: 12, key: 'log.levle', suggestion: 'log.level' },
    ])
  })
})

describe('suggest', () => {
  it.each([
    ['cache.ttl', null],
    ['cache.cache_ttl', 'cache.ttl_minutes'],
    ['cahce.ttl_minutes', 'cache.ttl_minutes'],
    ['discovery.maxdepth', 'discovery.max_depth'],
    ['projects.includes', 'projects.include'],
    ['workers', 'scan.workers'],
    ['cache_ttl', 'cache.ttl_minutes'],
    ['agent', 'agents'],
    ['loging', null],
    ['', null],
    ['.', null],
  ])('of %s is %s', (name, expected) => {
    expect(suggest(name)).toBe(expected)
  })
})
