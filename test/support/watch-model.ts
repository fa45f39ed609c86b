/** Random changes of a home against a cache that is kept by watching. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { WatchesOptions } from '../../daemon/domains/cache/watches.ts'
import { randomFiles, randomNumbers } from './random-files.ts'
import { skill, type TestDaemon, type TestOptions } from './test-daemon.ts'
import { watchHome } from './watched-home.ts'

/** How many changes, and which: for long runs by hand. */
export const CHANGES = Number(process.env.SMD_TEST_CHANGES ?? 400)
export const SEED = Number(process.env.SMD_TEST_SEED ?? 1)
const PLUGIN = '.claude/plugins/cache/market/kit/1.0.0'
const COLLECTION = '.skillmeat/collections/default'
/** A folder that belongs to no unit. */
export const STORE = 'store'
/** A long run takes its time; a short one ends far below. */
export const MODEL_TIMEOUT_MS = 3_600_000

/** Fills a home with a unit of each kind. */
export function prepareModelHome(home: string, write: (path: string, content: string) => void): void {
  for (const name of ['one', 'two']) write(`projects/${name}/.claude/skills/first/SKILL.md`, skill('first'))
  write(`${COLLECTION}/collection.toml`, '[collection]\nname = "default"\n')
  write('.claude/skills/mine/SKILL.md', skill('mine'))
  mkdirSync(join(home, 'projects/two/.agents/skills'), { recursive: true })
  // Of no unit, but links lead there
  mkdirSync(join(home, STORE))
  write(`${PLUGIN}/.claude-plugin/plugin.json`, '{"name":"kit"}')
  const installed = { scope: 'user', installPath: join(home, PLUGIN), version: '1.0.0' }
  const plugins = { 'kit@market': [installed] }
  write('.claude/plugins/installed_plugins.json', JSON.stringify({ version: 2, plugins }))
}

/** Folders of such a home in which changes are made. */
export const modelBases = (home: string): string[] =>
  ['projects/one', 'projects/two', '', COLLECTION, PLUGIN, STORE].map((path) => join(home, path))

/**
 * Makes `CHANGES` random changes, up to 40 at a time, and compares after each sync with a cache that is filled then.
 * Returns how often the events of the system were not relied on, and everything was looked at.
 */
export async function compareWithModel(
  start: (options: TestOptions) => Promise<TestDaemon>,
  options: WatchesOptions,
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const daemon = await start({
    env,
    prepare: ({ write, home }) => prepareModelHome(home, write),
  })
  const home = await watchHome(daemon, options)
  try {
    expect(home.rows()).toEqual(await home.truth())
    const random = randomNumbers(SEED)
    const bases = modelBases(daemon.home)
    expect(home.refs.map(({ unit }) => unit.kind)).toEqual(expect.arrayContaining(['plugin', 'collection']))
    const files = randomFiles(bases, random)
    for (let done = 0; done < CHANGES; ) {
      const made: string[] = []
      for (let count = 1 + Math.floor(random() ** 2 * 40); count > 0; count--, done++)
        made.push(files.change())
      await home.sync()
      const rows = home.rows()
      const truth = await home.truth()
      if (JSON.stringify(rows) !== JSON.stringify(truth))
        expect({ made, rows }).toEqual({ made, rows: truth })
    }
    expect(home.rows().length).toBeGreaterThan(5)
    return daemon.log.filter(({ message }) => message.endsWith('everything is looked at')).length
  } finally {
    await home.close()
  }
}
