/**
 * Loaded before the daemon (`node --import`): the kernel keeps as many events for its process as SMD_TEST_QUEUE says, and
 * that is what the daemon reads of it, as on a machine that is set up so. Needs root.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { QUEUE_LIMIT, takeTinyQueue } from './tiny-queue.ts'

const events = Number(process.env.SMD_TEST_QUEUE)
// Not in the writer process and the scanners, which watch nothing.
if (isMainThread && events > 0 && process.argv[1]?.includes('daemon')) {
  process.once('exit', takeTinyQueue(events))
  const read = fs.readFileSync
  fs.readFileSync = ((file: string, ...rest: []) =>
    file === QUEUE_LIMIT ? String(events) : read(file, ...rest)) as typeof fs.readFileSync
  syncBuiltinESMExports()
}
