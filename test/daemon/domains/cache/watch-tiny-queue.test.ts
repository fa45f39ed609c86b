/** The same as watch-model.test.ts with a kernel that loses most events; a file of its own, because of its process. */
import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WatchesOptions } from '../../../../daemon/domains/cache/watches.ts'
import { FolderWatcher } from '../../../../daemon/kernel/watcher/folder-watcher.ts'
import { useTestDaemon } from '../../../support/test-daemon.ts'
import { maySetQueue, takeTinyQueue } from '../../../support/tiny-queue.ts'
import { CHANGES, compareWithModel, MODEL_TIMEOUT_MS } from '../../../support/watch-model.ts'

const QUEUE = 16
const start = useTestDaemon()

/** As the watcher reads it when the daemon starts on such a machine. */
const options: WatchesOptions = {
  watcher: (listener) => new FolderWatcher(listener, { limits: { watches: 1_000_000, queuedEvents: QUEUE } }),
}

describe.skipIf(!maySetQueue())(`with a kernel that keeps ${QUEUE} events`, () => {
  let giveBack: () => void
  beforeAll(() => {
    giveBack = takeTinyQueue(QUEUE)
  })
  afterAll(() => giveBack())

  it('events are lost indeed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'smd-queue-'))
    const told = new Set<string | null>()
    const watcher = watch(dir, (_, name) => told.add(name))
    for (let i = 0; i < 100; i++) writeFileSync(join(dir, `file-${i}`), 'x')
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done))
    watcher.close()
    rmSync(dir, { recursive: true })
    expect(told.size).toBeGreaterThan(0)
    expect(told.size).toBeLessThanOrEqual(QUEUE)
  })

  it(
    `a watched cache differs in nothing from the disk after ${CHANGES} random changes (D8)`,
    async () => {
      expect(await compareWithModel(start, options)).toBeGreaterThan(0)
    },
    MODEL_TIMEOUT_MS,
  )
})
