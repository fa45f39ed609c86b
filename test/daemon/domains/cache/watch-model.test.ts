/**
 * Random changes of files against a cache that is kept by watching: after each sync it must be what a cache that is
 * filled then would be. SMD_TEST_CHANGES and SMD_TEST_SEED set how many changes and which.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { WatchesOptions } from '../../../../daemon/domains/cache/watches.ts'
import { FolderWatcher } from '../../../../daemon/kernel/watcher/folder-watcher.ts'
import { randomFiles, randomNumbers } from '../../../support/random-files.ts'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'
import { type WatchedHome, watchHome } from '../../../support/watched-home.ts'

const CHANGES = Number(process.env.SMD_TEST_CHANGES ?? 400)
const SEED = Number(process.env.SMD_TEST_SEED ?? 1)

const start = useTestDaemon()
const open: WatchedHome[] = []
afterEach(async () => {
  for (const home of open.splice(0)) await home.watches.close()
})

const ways: Array<[string, WatchesOptions, NodeJS.ProcessEnv]> = [
  ['watching', {}, {}],
  [
    'with a queue of 16 events',
    {
      watcher: (listener) =>
        new FolderWatcher(listener, { limits: { watches: 1_000_000, queuedEvents: 16 } }),
    },
    {},
  ],
  ['with scan mode forced', {}, { SMD_WATCH_MODE: 'scan' }],
]

describe('a watched cache', () => {
  it.each(ways)(
    `differs in nothing from the disk after ${CHANGES} random changes, %s (CACHE-2.3d)`,
    async (_, options, env) => {
      const daemon = await start({
        env,
        prepare({ write, home }) {
          for (const name of ['one', 'two'])
            write(`projects/${name}/.claude/skills/first/SKILL.md`, skill('first'))
          write('.skillmeat/collections/default/collection.toml', '[collection]\nname = "default"\n')
          write('.claude/skills/mine/SKILL.md', skill('mine'))
          mkdirSync(join(home, 'projects/two/.agents/skills'), { recursive: true })
        },
      })
      const home = await watchHome(daemon, options)
      open.push(home)
      expect(home.rows()).toEqual(await home.truth())
      const random = randomNumbers(SEED)
      const bases = ['projects/one', 'projects/two', '', '.skillmeat/collections/default'].map((path) =>
        join(daemon.home, path),
      )
      const files = randomFiles(bases, random)
      for (let done = 0; done < CHANGES; ) {
        const made: string[] = []
        for (let count = 1 + Math.floor(random() ** 2 * 40); count > 0; count--, done++)
          made.push(files.change())
        await home.sync()
        const rows = home.rows()
        const truth = await home.truth()
        if (JSON.stringify(rows) !== JSON.stringify(truth)) {
          expect({ made, rows }).toEqual({ made, rows: truth })
        }
      }
      expect(home.rows().length).toBeGreaterThan(5)
    },
    600_000,
  )
})
