/**
 * Random changes of files under a real daemon: after each sync its cache must say what one says that is filled then. How
 * many changes, and which: SMD_TEST_CHANGES and SMD_TEST_SEED. `npm run test:fresh` makes 10,000.
 */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../client-cli/connect.ts'
import { createInlineEngine } from '../../daemon/domains/cache/inline-engine.ts'
import { machineFolders } from '../../daemon/kernel/config/machine-folders.ts'
import { SettingsStore } from '../../daemon/kernel/config/store.ts'
import { openForReading, openInMemory } from '../../daemon/kernel/db/open.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { logged, preloaded, startProcess } from '../support/daemon-process.ts'
import { builtDaemon, writerOf } from '../support/demo-box.ts'
import { randomFiles, randomNumbers } from '../support/random-files.ts'
import { maySetQueue } from '../support/tiny-queue.ts'
import { MODEL_TIMEOUT_MS, modelBases, prepareModelHome, SEED, STORE } from '../support/watch-model.ts'
import { freshRows, rowsOf } from '../support/watched-home.ts'

const CHANGES = Number(process.env.SMD_TEST_CHANGES ?? 300)
/** How many changes there are at most before a sync. */
const BURST = 40

/** What a cache says that is filled now, by the same settings. */
async function truth(box: Sandbox): Promise<string[]> {
  const { store } = await SettingsStore.openLeniently({
    file: box.paths.configFile,
    env: box.env,
    home: box.home,
  })
  const { agents, discovery, projects, scan } = store.current
  const db = openInMemory()
  try {
    const found = await createInlineEngine(db).discover({
      folders: machineFolders(box.env, process.platform, box.home),
      settings: { agents, discovery, projects, scan },
      cwd: null,
      only: null,
    })
    return await freshRows(found, Date.now())
  } finally {
    db.close()
  }
}

/** What the daemon's cache says. */
function rows(box: Sandbox): string[] {
  const db = openForReading(box.paths.cacheDb)
  try {
    return rowsOf(db)
  } finally {
    db.close()
  }
}

/** Returns how often the daemon did not rely on the events of the system. */
async function compare(env: NodeJS.ProcessEnv): Promise<number> {
  const box = createSandbox({ sample: false })
  const write = writerOf(box)
  prepareModelHome(box.home, write)
  // Links lead there; as a project of its own it would be found by a search only where nothing is watched.
  write(box.paths.configFile, `[projects]\nexclude = ["${join(box.home, STORE)}"]\n`)
  const { child, ended } = await startProcess(box, env, { entry: builtDaemon })
  const connection = connect(box.paths.socket, undefined)
  try {
    await connection.call('cache.sync', {})
    expect(rows(box)).toEqual(await truth(box))
    const random = randomNumbers(SEED)
    const files = randomFiles(modelBases(box.home), random)
    for (let done = 0; done < CHANGES; ) {
      const made: string[] = []
      for (let count = 1 + Math.floor(random() ** 2 * BURST); count > 0; count--, done++)
        made.push(files.change())
      await connection.call('cache.sync', {})
      const [known, now] = [rows(box), await truth(box)]
      if (JSON.stringify(known) !== JSON.stringify(now)) expect({ made, known }).toEqual({ made, known: now })
    }
    expect(rows(box).length).toBeGreaterThan(5)
    return logged(box, OVERFLOW).length
  } finally {
    connection.close()
    child.kill()
    await ended
    await box.dispose()
  }
}

const OVERFLOW = 'events may have been lost: everything is looked at'

describe(`a daemon under ${CHANGES} random changes of files differs in nothing from the disk after each sync (CACHE-2.3d, D8)`, () => {
  it('watching', () => compare({}), MODEL_TIMEOUT_MS)

  it('with scan mode forced', () => compare({ SMD_WATCH_MODE: 'scan' }), MODEL_TIMEOUT_MS)

  it.skipIf(!maySetQueue())(
    'with a kernel that keeps 16 events and loses the others',
    async () => {
      const overflows = await compare(preloaded('tiny-queue-daemon', { SMD_TEST_QUEUE: '16' }))
      expect(overflows).toBeGreaterThan(0)
    },
    MODEL_TIMEOUT_MS,
  )
})
