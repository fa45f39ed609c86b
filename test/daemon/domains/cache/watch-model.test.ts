/**
 * Random changes of files against a cache that is kept by watching: after each sync it must be what a cache that is
 * filled then would be. SMD_TEST_CHANGES and SMD_TEST_SEED set how many changes and which.
 */
import { describe, expect, it } from 'vitest'
import type { WatchesOptions } from '../../../../daemon/domains/cache/watches.ts'
import { FolderWatcher } from '../../../../daemon/kernel/watcher/folder-watcher.ts'
import { useTestDaemon } from '../../../support/test-daemon.ts'
import { CHANGES, compareWithModel, MODEL_TIMEOUT_MS } from '../../../support/watch-model.ts'

const start = useTestDaemon()

/** Takes the queue for a small one, and therefore every few events for an overflow. */
const cautious: WatchesOptions = {
  watcher: (listener) => new FolderWatcher(listener, { limits: { watches: 1_000_000, queuedEvents: 16 } }),
}
const ways: Array<[string, { looks: boolean }, WatchesOptions, NodeJS.ProcessEnv]> = [
  ['watching', { looks: false }, {}, {}],
  ['when every few events are taken for an overflow', { looks: true }, cautious, {}],
  ['with scan mode forced', { looks: false }, {}, { SMD_WATCH_MODE: 'scan' }],
]

describe('a watched cache', () => {
  it.each(ways)(
    `differs in nothing from the disk after ${CHANGES} random changes, %s (CACHE-2.3d, D8)`,
    async (_, { looks }, options, env) => {
      expect((await compareWithModel(start, options, env)) > 0).toBe(looks)
    },
    MODEL_TIMEOUT_MS,
  )
})
