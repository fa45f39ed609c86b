/** Entry of a scanner thread: reads the disk and compares with the cache; what changed is for the writer. */
import { setPriority } from 'node:os'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { failedUnit } from './domains/cache/engine.ts'
import type { PeerReply, ScannerData, ScannerEvent, ScannerRequest } from './domains/cache/messages.ts'
import { scanAgainstCache } from './domains/cache/scan/job.ts'
import { isCorrupt } from './kernel/db/database.ts'
import { openForReading } from './kernel/db/open.ts'

/** Above the scheduler's default of 0: a scan of everything takes the processor from nobody. */
const BACKGROUND = 10

const { dbFile, env, now } = workerData as ScannerData
// On Linux of this thread alone: what is saved now is read by the process itself, which shall not stand back.
setPriority(BACKGROUND)
const writer = parentPort as MessagePort
const say = (event: ScannerEvent): void =>
  writer.postMessage({ kind: 'event', event } satisfies PeerReply<ScannerEvent>)
let db: ReturnType<typeof openForReading> | null = null

writer.on('message', (request: ScannerRequest) => {
  if (request.kind === 'close') {
    db?.close()
    return writer.close()
  }
  const { ref, more } = request
  try {
    db ??= openForReading(dbFile)
    say({ kind: 'scanned', unit: { outcome: scanAgainstCache(db, ref, env), now, more } })
  } catch (error) {
    if (isCorrupt(error)) say({ kind: 'corrupt' })
    say({ kind: 'done', done: failedUnit(ref.id, error) })
  }
})
