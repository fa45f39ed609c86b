/** Entry of a scanner thread: reads the disk, compares with the cache, hands what changed to the writer. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { failedUnit } from './domains/cache/engine.ts'
import { discover } from './domains/cache/scan/discovery.ts'
import { scanAgainstCache } from './domains/cache/scan/job.ts'
import type { ScanEnvironment } from './domains/cache/scan/types.ts'
import { validatePath } from './domains/cache/scan/validate.ts'
import {
  packError,
  type ScannedUnit,
  type ScannerRequest,
  type ThreadData,
  type ThreadReply,
} from './domains/cache/threads.ts'
import { isCorrupt } from './kernel/db/database.ts'
import { openForReading } from './kernel/db/open.ts'
import { lowerThreadPriority } from './kernel/service/thread-priority.ts'

lowerThreadPriority()
const { dbFile } = workerData as ThreadData
const main = parentPort as MessagePort
const reply = (message: ThreadReply): void => main.postMessage(message)
let db: ReturnType<typeof openForReading> | null = null
let writer: MessagePort | null = null
let run: { env: ScanEnvironment; now: number } | null = null

function answer(id: number, work: () => unknown): void {
  try {
    reply({ kind: 'result', id, result: work() })
  } catch (error) {
    reply({ kind: 'failure', id, error: packError(error) })
  }
}

main.on('message', (request: ScannerRequest) => {
  switch (request.kind) {
    case 'discover':
      return answer(request.id, () => discover(request.options))
    case 'validate':
      return answer(request.id, () => validatePath(request.path, request.profile))
    case 'connect':
      writer = request.writer
      return
    case 'environment':
      run = request
      return
    case 'scan':
      try {
        if (!run || !writer) throw new Error('a scan needs an environment and a writer first')
        db ??= openForReading(dbFile)
        const outcome = scanAgainstCache(db, request.ref, run.env)
        const message: ScannedUnit = { outcome, now: run.now, more: request.more }
        writer.postMessage(message)
      } catch (error) {
        if (isCorrupt(error)) reply({ kind: 'corrupt' })
        reply({ kind: 'done', done: failedUnit(request.ref.id, error) })
      }
      return
    case 'close':
      db?.close()
      writer?.close()
      main.close()
  }
})
