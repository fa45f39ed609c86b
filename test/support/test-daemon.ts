/** A daemon inside the test: real files in a temporary home, a real database in memory, a clock that stands still. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import type { Composed, Surroundings } from '../../daemon/compose.ts'
import { composeInline } from '../../daemon/compose-inline.ts'
import { machineFolders } from '../../daemon/kernel/config/machine-folders.ts'
import { resolvePaths } from '../../daemon/kernel/config/paths.ts'
import { openInMemory } from '../../daemon/kernel/db/open.ts'
import type { Call } from '../../protocol/client.ts'
import { type LogLine, recordLog } from './record-log.ts'

/** A home folder of its own, with what a daemon needs to know of its surroundings. */
export type TestHome = {
  /** Real path of the home folder. */
  home: string
  around: Surroundings
  /** What was logged, oldest first. */
  log: LogLine[]
  /** Unix ms; stands still until a test sets it. */
  clock: { now: number }
  /** How often the daemon was asked to stop. */
  stops: number
  /** Writes a file below the home folder, and the folders it needs; returns its path. */
  write(path: string, content?: string): string
  remove(path: string): void
}

export type TestDaemon = TestHome & Composed & { call: Call }

export type TestOptions = {
  /** Fills the home folder before the daemon starts. */
  prepare?(home: TestHome): void
  /** Environment variables beside `HOME` and `SMD_HOME`. */
  env?: NodeJS.ProcessEnv
}

/** Makes homes that are removed after each test. */
export function useTestHome(): (options?: TestOptions) => TestHome {
  const homes: string[] = []
  afterEach(() => {
    for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
  })
  return (options) => {
    const made = makeTestHome(options)
    homes.push(made.home)
    return made
  }
}

/** Makes daemons that are closed, and whose homes are removed, after each test. */
export function useTestDaemon(): (options?: TestOptions) => Promise<TestDaemon> {
  const daemons: Composed[] = []
  const makeHome = useTestHome()
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.close()
  })
  return async (options) => {
    const home = makeHome(options)
    const composed = await composeInline(home.around, openInMemory(), { kind: 'memory', path: ':memory:' })
    daemons.push(composed)
    return Object.assign(home, composed, { call: composed.dispatcher.call })
  }
}

/** A home for a caller who removes it himself. */
export function makeTestHome({ prepare, env = {} }: TestOptions = {}): TestHome {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'smd-home-')))
  const variables = { HOME: home, SMD_CLAUDE_MANAGED_DIR: join(home, 'managed'), ...env }
  const { log, lines } = recordLog()
  const made: TestHome = {
    home,
    log: lines,
    clock: { now: Date.now() },
    stops: 0,
    around: {
      paths: resolvePaths(
        { SMD_HOME: join(home, '.smd') },
        process.platform,
        home,
        process.getuid?.() ?? null,
        () => home,
      ),
      folders: machineFolders(variables, process.platform, home),
      env: variables,
      log,
      now: () => made.clock.now,
      stop: () => {
        made.stops++
      },
    },
    write(path, content = '') {
      const file = join(home, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    remove: (path) => rmSync(join(home, path), { recursive: true, force: true }),
  }
  prepare?.(made)
  return made
}

/** A skill file, as short as it can be. */
export const skill = (name: string, description = `What ${name} does.`, rest = ''): string =>
  `---\nname: ${name}\ndescription: ${description}\n${rest}---\n\n# ${name}\n`
