import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { homeFolder, type Paths, resolvePaths } from '../../../../daemon/kernel/config/paths.ts'

const linux = (env: NodeJS.ProcessEnv, uid: number | null = 1000) =>
  resolvePaths(env, 'linux', '/home/ann', uid, () => '/work')
const mac = (env: NodeJS.ProcessEnv) => resolvePaths(env, 'darwin', '/Users/ann', 501, () => '/work')
const windows = (env: NodeJS.ProcessEnv) =>
  resolvePaths(env, 'win32', 'C:\\Users\\Ann', null, () => 'D:\\work')

const linuxDefaults: Paths = {
  configFile: '/home/ann/.config/smd/config.toml',
  dataDir: '/home/ann/.local/share/smd',
  cacheDb: '/home/ann/.local/share/smd/cache.db',
  tokensFile: '/home/ann/.local/share/smd/tokens.json',
  backupsDir: '/home/ann/.local/share/smd/backups',
  upstreamFilesDir: '/home/ann/.local/share/smd/upstream-files',
  stateDir: '/home/ann/.local/state/smd',
  lockFile: '/home/ann/.local/state/smd/daemon.lock',
  registrationFile: '/home/ann/.local/state/smd/daemon.json',
  startFailuresFile: '/home/ann/.local/state/smd/start-failures.json',
  startClaimFile: '/home/ann/.local/state/smd/daemon.starting',
  webSessionsFile: '/home/ann/.local/state/smd/web-sessions.json',
  webPortFile: '/home/ann/.local/state/smd/web-port.json',
  logFile: '/home/ann/.local/state/smd/smd.log',
  runtimeDir: '/home/ann/.local/state/smd/run',
  socket: '/home/ann/.local/state/smd/run/smd.sock',
}

describe('resolvePaths on Linux', () => {
  it('uses the XDG defaults without any variable', () => {
    expect(linux({})).toEqual(linuxDefaults)
  })

  it('honours every XDG variable', () => {
    const paths = linux({
      XDG_CONFIG_HOME: '/x/config',
      XDG_DATA_HOME: '/x/data',
      XDG_STATE_HOME: '/x/state',
      XDG_RUNTIME_DIR: '/run/user/1000',
    })
    expect(paths).toEqual({
      configFile: '/x/config/smd/config.toml',
      dataDir: '/x/data/smd',
      cacheDb: '/x/data/smd/cache.db',
      tokensFile: '/x/data/smd/tokens.json',
      backupsDir: '/x/data/smd/backups',
      upstreamFilesDir: '/x/data/smd/upstream-files',
      stateDir: '/x/state/smd',
      lockFile: '/x/state/smd/daemon.lock',
      registrationFile: '/x/state/smd/daemon.json',
      startFailuresFile: '/x/state/smd/start-failures.json',
      startClaimFile: '/x/state/smd/daemon.starting',
      webSessionsFile: '/x/state/smd/web-sessions.json',
      webPortFile: '/x/state/smd/web-port.json',
      logFile: '/x/state/smd/smd.log',
      runtimeDir: '/run/user/1000/smd',
      socket: '/run/user/1000/smd/smd.sock',
    })
  })

  it.each(['', 'relative/folder', './x', '~/x'])('ignores XDG variables with the value "%s"', (value) => {
    const env = {
      XDG_CONFIG_HOME: value,
      XDG_DATA_HOME: value,
      XDG_STATE_HOME: value,
      XDG_RUNTIME_DIR: value,
      SMD_HOME: '',
      HOME: value,
    }
    expect(linux(env)).toEqual(linuxDefaults)
  })

  it.each([
    ['/run/user/1000', 1000, '/run/user/1000/smd'],
    ['/run/user/1000/', 1000, '/run/user/1000/smd'],
    ['/run/user/1000', 0, '/home/ann/.local/state/smd/run'],
    ['/run/user/1000/', 1001, '/home/ann/.local/state/smd/run'],
    ['/run/user/1000', null, '/run/user/1000/smd'],
    ['/run/user/1000/nested', 0, '/run/user/1000/nested/smd'],
    ['/tmp/runtime-ann', 0, '/tmp/runtime-ann/smd'],
  ])('with XDG_RUNTIME_DIR=%s and uid %s binds in %s', (value, uid, expected) => {
    expect(linux({ XDG_RUNTIME_DIR: value }, uid).runtimeDir).toBe(expected)
  })

  it('follows HOME rather than the account', () => {
    expect(linux({ HOME: '/tmp/other' }).configFile).toBe('/tmp/other/.config/smd/config.toml')
  })
})

describe('resolvePaths on macOS', () => {
  it('puts the files in Application Support', () => {
    const base = '/Users/ann/Library/Application Support/smd'
    expect(mac({})).toEqual({
      configFile: `${base}/config.toml`,
      dataDir: base,
      cacheDb: `${base}/cache.db`,
      tokensFile: `${base}/tokens.json`,
      backupsDir: `${base}/backups`,
      upstreamFilesDir: `${base}/upstream-files`,
      stateDir: base,
      lockFile: `${base}/daemon.lock`,
      registrationFile: `${base}/daemon.json`,
      startFailuresFile: `${base}/start-failures.json`,
      startClaimFile: `${base}/daemon.starting`,
      webSessionsFile: `${base}/web-sessions.json`,
      webPortFile: `${base}/web-port.json`,
      logFile: `${base}/smd.log`,
      runtimeDir: `${base}/run`,
      socket: `${base}/run/smd.sock`,
    })
  })

  it('honours XDG variables that are set', () => {
    const paths = mac({ XDG_CONFIG_HOME: '/Users/ann/.config', XDG_STATE_HOME: '/Users/ann/.local/state' })
    expect(paths.configFile).toBe('/Users/ann/.config/smd/config.toml')
    expect(paths.socket).toBe('/Users/ann/.local/state/smd/run/smd.sock')
    expect(paths.dataDir).toBe('/Users/ann/Library/Application Support/smd')
  })
})

describe('resolvePaths on Windows', () => {
  const env = {
    APPDATA: 'C:\\Users\\Ann\\AppData\\Roaming',
    LOCALAPPDATA: 'C:\\Users\\Ann\\AppData\\Local',
  }

  it('separates roaming settings from local data', () => {
    const paths = windows(env)
    expect(paths).toMatchObject({
      configFile: 'C:\\Users\\Ann\\AppData\\Roaming\\smd\\config.toml',
      dataDir: 'C:\\Users\\Ann\\AppData\\Local\\smd\\data',
      stateDir: 'C:\\Users\\Ann\\AppData\\Local\\smd\\state',
      runtimeDir: 'C:\\Users\\Ann\\AppData\\Local\\smd\\state\\run',
    })
    expect(paths.socket).toMatch(/^\\\\\.\\pipe\\smd-[0-9a-f]{16}$/)
  })

  it('derives the folders from the profile when the variables are missing', () => {
    expect(windows({})).toEqual(windows(env))
    expect(windows({ USERPROFILE: 'E:\\ann' }).stateDir).toBe('E:\\ann\\AppData\\Local\\smd\\state')
  })

  it('ignores XDG and HOME', () => {
    expect(windows({ ...env, XDG_STATE_HOME: 'C:\\x', HOME: 'C:\\y' })).toEqual(windows(env))
  })

  it('names one pipe per state folder, whatever the letter case', () => {
    const pipe = (home: string) => windows({ SMD_HOME: home }).socket
    expect(pipe('C:\\One')).toBe(pipe('c:\\one'))
    expect(pipe('C:\\One')).not.toBe(pipe('C:\\Two'))
    expect(pipe(`C:\\${'long\\'.repeat(60)}`).length).toBeLessThan(256)
  })
})

describe('resolvePaths with SMD_HOME', () => {
  const expected: Paths = {
    configFile: '/d/config/config.toml',
    dataDir: '/d/data',
    cacheDb: '/d/data/cache.db',
    tokensFile: '/d/data/tokens.json',
    backupsDir: '/d/data/backups',
    upstreamFilesDir: '/d/data/upstream-files',
    stateDir: '/d/state',
    lockFile: '/d/state/daemon.lock',
    registrationFile: '/d/state/daemon.json',
    startFailuresFile: '/d/state/start-failures.json',
    startClaimFile: '/d/state/daemon.starting',
    webSessionsFile: '/d/state/web-sessions.json',
    webPortFile: '/d/state/web-port.json',
    logFile: '/d/state/smd.log',
    runtimeDir: '/d/run',
    socket: '/d/run/smd.sock',
  }

  it('puts everything under the folder and asks for nothing else', () => {
    const env = { SMD_HOME: '/d', XDG_RUNTIME_DIR: '/run/user/1000', XDG_CONFIG_HOME: '/x' }
    expect(linux(env)).toEqual(expected)
    expect(mac(env)).toEqual(expected)
  })

  it('does not ask for the current folder when the value is absolute', () => {
    const gone = () => {
      throw new Error('the current folder is gone')
    }
    expect(resolvePaths({ SMD_HOME: '/d' }, 'linux', '/home/ann', 1000, gone)).toEqual(expected)
    expect(resolvePaths({}, 'linux', '/home/ann', 1000, gone)).toEqual(linuxDefaults)
  })

  it.each([
    ['demo', '/work/demo/state'],
    ['./a/../demo', '/work/demo/state'],
    ['/d/../e/', '/e/state'],
  ])('resolves %s to %s', (value, stateDir) => {
    expect(linux({ SMD_HOME: value }).stateDir).toBe(stateDir)
  })

  it('resolves a relative folder on Windows', () => {
    expect(windows({ SMD_HOME: 'demo' }).configFile).toBe('D:\\work\\demo\\config\\config.toml')
  })

  it('keeps every file inside, for any folder', () => {
    const segment = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((s) => !/[/\0]/.test(s) && !/^\.+$/.test(s))
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const root = `/${segments.join('/')}`
        for (const path of Object.values(linux({ SMD_HOME: root })))
          expect(path.startsWith(`${root}/`)).toBe(true)
      }),
    )
  })
})

describe('homeFolder', () => {
  it.each([
    ['linux', { HOME: '/h' }, '/h'],
    ['linux', { HOME: '/h/' }, '/h'],
    ['linux', { HOME: '' }, '/fallback'],
    ['linux', { HOME: 'h' }, '/fallback'],
    ['linux', { USERPROFILE: '/h' }, '/fallback'],
    ['win32', { USERPROFILE: 'C:\\h' }, 'C:\\h'],
    ['win32', { HOME: 'C:\\h' }, '/fallback'],
  ] as const)('on %s with %j is %s', (platform, env, expected) => {
    expect(homeFolder(env, platform, '/fallback')).toBe(expected)
  })
})

describe('paths.ts', () => {
  it('loads no module beside node:path', () => {
    const file = fileURLToPath(new URL('../../../../daemon/kernel/config/paths.ts', import.meta.url))
    const script = `
      const { registerHooks } = require('node:module')
      const seen = []
      registerHooks({ resolve(specifier, context, next) { seen.push(specifier); return next(specifier, context) } })
      import(process.argv[1]).then(() => process.stdout.write(JSON.stringify(seen)))`
    const seen = JSON.parse(
      execFileSync(process.execPath, ['-e', script, file], { encoding: 'utf8' }),
    ) as string[]
    expect(seen.slice(1)).toEqual(['node:path'])
  })
})
