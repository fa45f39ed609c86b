import {
  chmodSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { execLine } from '../../../client-cli/autostart/systemd-syntax.ts'
import { examine } from '../../../client-cli/doctor/examine.ts'
import type { Finding, Machine } from '../../../client-cli/doctor/finding.ts'
import { checkService } from '../../../client-cli/doctor/service.ts'
import { openForWriting } from '../../../daemon/kernel/db/open.ts'
import { thisPlace, writeRegistration } from '../../../daemon/kernel/service/registration.ts'
import { lines, useMachine } from './machine.ts'

const isRoot = process.getuid?.() === 0

describe('examine', () => {
  const here = useMachine()

  const faultsOf = async (changes: Partial<Machine> = {}): Promise<Finding[]> => {
    const findings = await examine({ ...here.machine, ...changes })
    return findings.filter(({ state }) => state === 'fault')
  }
  /** The only fault, which must name a fix. */
  const theFault = async (changes: Partial<Machine> = {}): Promise<string> => {
    const faults = await faultsOf(changes)
    expect(lines(faults)).toHaveLength(1)
    expect(faults[0]?.fix).toBeTruthy()
    return lines(faults)[0] ?? ''
  }

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const writeSystemFile = (name: string, text: string): void => write(join(here.machine.root, name), text)
  const unitFolder = (): string => join(here.machine.home, '.config/systemd/user')
  const writeUnit = (text: string): void => write(join(unitFolder(), 'smd.service'), text)
  const enableUnit = (): void => {
    mkdirSync(join(unitFolder(), 'default.target.wants'))
    symlinkSync('../smd.service', join(unitFolder(), 'default.target.wants/smd.service'))
  }

  it('finds nothing wrong on a machine in order where no daemon runs, and starts none', async () => {
    const findings = await examine(here.machine)
    expect(findings.filter(({ state }) => state === 'fault')).toEqual([])
    expect(findings.at(-1)).toMatchObject({
      check: 'socket',
      state: 'note',
      text: 'The daemon is not running.',
    })
  })

  it('works before the first start, when no folder exists', async () => {
    rmSync(dirname(dirname(here.machine.paths.configFile)), { recursive: true })
    expect(await faultsOf()).toEqual([])
  })

  it('finds a Node that is too old', async () => {
    expect(await theFault({ nodeVersion: '20.20.0' })).toBe(
      'fault node: Node 20.20.0 is too old; smd needs 22.14 or newer.',
    )
    expect(await faultsOf({ nodeVersion: '22.14.0' })).toEqual([])
    expect(await faultsOf({ nodeVersion: '26.0.0' })).toEqual([])
  })

  it('finds a native module that does not load, and goes on', async () => {
    const loadSqlite = (): Promise<never> =>
      Promise.reject(new Error('was compiled against another ABI\nmore'))
    expect(await theFault({ loadSqlite })).toMatch(/^fault sqlite: .*was compiled against another ABI$/)
    expect(lines(await examine({ ...here.machine, loadSqlite })).join('\n')).toContain('note socket')
  })

  it.each(['stateDir', 'runtimeDir', 'dataDir'] as const)(
    'finds a %s that is open to others',
    async (name) => {
      chmodSync(here.machine.paths[name], 0o755)
      expect(await theFault()).toMatch(/^fault \w+ folder: .* is open to others \(mode 0755\)\.$/)
    },
  )

  it('finds a config folder that others may write to, not one they may read', async () => {
    const folder = dirname(here.machine.paths.configFile)
    chmodSync(folder, 0o755)
    expect(await faultsOf()).toEqual([])
    chmodSync(folder, 0o775)
    expect(await theFault()).toContain('config folder')
  })

  it('finds a runtime folder that is a symbolic link', async () => {
    const { runtimeDir } = here.machine.paths
    renameSync(runtimeDir, `${runtimeDir}-real`)
    symlinkSync(`${runtimeDir}-real`, runtimeDir)
    expect(await theFault()).toContain('runtime folder: ')
  })

  it('finds a file where a folder should be', async () => {
    const { dataDir } = here.machine.paths
    rmSync(dataDir, { recursive: true })
    writeFileSync(dataDir, '')
    expect(lines(await faultsOf())).toEqual([
      `fault data folder: ${dataDir} is not a folder.`,
      `fault cache.db: ${here.machine.paths.cacheDb} cannot be reached (ENOTDIR).`,
    ])
  })

  it('finds folders of somebody else', async () => {
    const uid = (here.machine.uid ?? 0) + 1
    const faults = await faultsOf({ uid })
    expect(faults.map(({ check }) => check)).toEqual([
      'config folder',
      'data folder',
      'state folder',
      'runtime folder',
    ])
    expect(faults[0]?.text).toContain(`not to you (${uid})`)
  })

  it.skipIf(isRoot)('finds folders that cannot be written', async () => {
    const { dataDir } = here.machine.paths
    chmodSync(dataDir, 0o500)
    expect(await theFault()).toMatch(/data folder: .* cannot be used: EACCES\.$/)
    chmodSync(dataDir, 0o700)
  })

  it.skipIf(isRoot)('finds that a missing folder cannot be made', async () => {
    const { dataDir } = here.machine.paths
    rmSync(dataDir, { recursive: true })
    chmodSync(dirname(dataDir), 0o500)
    expect(await theFault()).toMatch(/data folder: .* cannot be made: EACCES in /)
    chmodSync(dirname(dataDir), 0o700)
  })

  it('finds a folder around the socket in which everybody may write', async () => {
    const { runtimeDir, stateDir } = here.machine.paths
    chmodSync(dirname(runtimeDir), 0o777)
    const faults = await faultsOf()
    expect(faults.map(({ check }) => check)).toEqual(['state folder', 'runtime folder'])
    expect(faults[0]?.text).toContain(stateDir)
  })

  it('finds a network file system', async () => {
    expect(await theFault({ networkFileSystem: () => 'nfs4' })).toMatch(/^fault file system: .* is on nfs4/)
  })

  it('finds a disk that is nearly full', async () => {
    expect(await theFault({ freeBytes: () => 99_000_000 })).toMatch(
      /^fault disk space: Only 99\.0 MB are left/,
    )
  })

  it('finds a bad value, and a typo, in config.toml', async () => {
    writeFileSync(here.machine.paths.configFile, '[cache]\nttl_minutes = "soon"\nttl_minute = 5\n')
    const findings = (await examine(here.machine)).filter(({ check }) => check === 'config.toml')
    const file = here.machine.paths.configFile
    expect(lines(findings)).toEqual([
      `fault config.toml: ${file}:2: cache.ttl_minutes is "soon", expected a whole number from 1 to 525600.`,
      `note config.toml: ${file}:3: unknown setting cache.ttl_minute, without effect.`,
    ])
    expect(findings[1]?.fix).toBe('Did you mean cache.ttl_minutes?')
  })

  it('finds a config.toml that is not TOML', async () => {
    writeFileSync(here.machine.paths.configFile, '[cache\n')
    expect(await theFault()).toMatch(/^fault config.toml: .*config\.toml:1:\d+: not valid TOML/)
  })

  it.skipIf(isRoot)('finds a config.toml that cannot be read', async () => {
    writeFileSync(here.machine.paths.configFile, '', { mode: 0o000 })
    expect(await theFault()).toMatch(/config\.toml: .* cannot be read: EACCES\.$/)
  })

  it('finds a socket path that the system would cut', async () => {
    const long = join(realpathSync(dirname(here.machine.paths.runtimeDir)), 'x'.repeat(120))
    mkdirSync(long, { mode: 0o700 })
    const paths = { ...here.machine.paths, socket: join(long, 'smd.sock') }
    expect(await theFault({ paths })).toMatch(/^fault socket: The socket path is \d+ bytes long/)
  })

  it.each([
    ['the log', (m: Machine) => m.paths.logFile, 'smd.log'],
    ['the cache', (m: Machine) => m.paths.cacheDb, 'cache.db'],
  ])('finds %s to be from the future', async (_, fileOf, name) => {
    const file = fileOf(here.machine)
    if (name === 'cache.db') openForWriting(file).close()
    else writeFileSync(file, '')
    const later = (minutes: number): Date => new Date(here.machine.now() + minutes * 60_000)
    utimesSync(file, later(4), later(4))
    expect(await faultsOf()).toEqual([])
    utimesSync(file, later(6), later(6))
    expect(await theFault()).toMatch(
      new RegExp(`^fault clock: .*${name} was changed at .* in the future\\.$`),
    )
  })

  it('finds a daemon that was started in the future', async () => {
    const { registrationFile, socket } = here.machine.paths
    const startedAt = here.machine.now() + 3_600_000
    writeRegistration(registrationFile, {
      protocol: 1,
      version: '0',
      pid: 2 ** 22 + 1,
      instance: 'x',
      socket,
      startedAt,
      state: 'serving',
      startedBy: 'cli',
      ...thisPlace(),
    })
    expect(await theFault()).toMatch(/^fault clock: The daemon was started at .* in the future\.$/)
  })

  it('finds a system that lets nobody watch enough files', async () => {
    writeSystemFile('proc/sys/fs/inotify/max_user_watches', '8191\n')
    expect(await theFault()).toBe(
      'fault inotify: A user may watch only 8,191 files and folders (fs.inotify.max_user_watches).',
    )
    writeSystemFile('proc/sys/fs/inotify/max_user_watches', '8192\n')
    expect(await faultsOf()).toEqual([])
    writeSystemFile('proc/sys/user/max_inotify_watches', '100\n')
    expect(await theFault()).toMatch(/may watch only 100 files/)
    writeSystemFile('proc/sys/fs/inotify/max_user_watches', '100\n')
    expect(await faultsOf({ platform: 'darwin' })).toEqual([])
  })

  it('finds a service whose Node or whose smd is gone', async () => {
    const { home } = here.machine
    const smd = join(home, 'my smd.cjs')
    writeFileSync(smd, '')
    const unit = (command: string) =>
      `[Unit]\nDescription=smd\n[Service]\nExecStart=${command}\nRestart=on-failure\n`
    for (const good of [
      `${process.execPath} "${smd}" start --foreground`,
      `-${process.execPath} '${smd}' start`,
      `${process.execPath} ${smd.replace(' ', '\\x20')}`,
      `${process.execPath} "%h/my smd.cjs"`,
    ]) {
      writeUnit(unit(good))
      expect(await faultsOf(), good).toEqual([])
    }
    writeUnit(unit(`${process.execPath} "${smd}2" start --foreground`))
    expect(await theFault()).toBe(`fault service: smd.service starts ${smd}2, which does not exist.`)
    writeUnit(unit('/no/such/node smd.cjs'))
    expect(await theFault()).toBe('fault service: smd.service starts /no/such/node, which does not exist.')
    writeUnit('[Service]\n')
    expect(await theFault()).toBe('fault service: smd.service starts nothing.')
    expect(await faultsOf({ platform: 'darwin' })).toEqual([])
  })

  it('reads command lines as smd writes them into units (property)', async () => {
    const name = fc
      .string({ unit: fc.constantFrom(...`ab %"\\'$@é`), minLength: 1, maxLength: 12 })
      .filter((text) => text.trim() === text)
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const smd = join(here.machine.home, `${text}.cjs`)
        writeFileSync(smd, '')
        const command = (path: string): string => execLine([process.execPath, path, 'start', '--foreground'])
        writeUnit(`[Service]\nExecStart=${command(smd)}\n`)
        expect(checkService(here.machine).map(({ state }) => state)).toEqual(['ok'])
        writeUnit(`[Service]\nExecStart=${command(`${smd}.gone`)}\n`)
        expect(checkService(here.machine)[0]?.text).toBe(
          `smd.service starts ${smd}.gone, which does not exist.`,
        )
      }),
    )
  })

  it('finds a service that ends with the session, and no fault where smd is no service', async () => {
    writeUnit(`[Service]\nExecStart=${process.execPath}\n`)
    expect(await faultsOf()).toEqual([])
    enableUnit()
    expect(await theFault()).toBe('fault linger: smd is a service, but systemd ends it when you log out.')
    writeSystemFile('var/lib/systemd/linger/me', '')
    expect(await faultsOf()).toEqual([])
  })

  it('goes on when a check itself breaks', async () => {
    const freeBytes = (): never => {
      throw new Error('statfs: not implemented')
    }
    expect(await theFault({ freeBytes })).toBe(
      'fault disk: This could not be looked at: statfs: not implemented',
    )
    expect(lines(await examine({ ...here.machine, freeBytes })).join('\n')).toContain('note socket')
  })
})
