/** Entry of the writer thread: the only place where cache.db is changed. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { failedUnit } from './domains/cache/engine.ts'
import { runWrite } from './domains/cache/inline-engine.ts'
import {
  packError,
  type ScannedUnit,
  type ThreadData,
  type ThreadReply,
  type WriterRequest,
} from './domains/cache/threads.ts'
import { cacheWrites } from './domains/cache/writes.ts'
import { type Database, isCorrupt } from './kernel/db/database.ts'
import { openForWriting } from './kernel/db/open.ts'
import { lowerThreadPriority } from './kernel/service/thread-priority.ts'

lowerThreadPriority()
const { dbFile } = workerData as ThreadData
const main = parentPort as MessagePort
/** Opened with the first write, so that a failure is the answer to it. */
let db: Database | null = null
const scanners: MessagePort[] = []
const reply = (message: ThreadReply): void => main.postMessage(message)

function apply({ outcome, now }: ScannedUnit): void {
  const { unitId, counters, unchangedCount: unchanged } = outcome
  try {
    db ??= openForWriting(dbFile)
    const written = cacheWrites.applyUnit(db, { outcome, now })
    const failure = outcome.failure?.message ?? null
    reply({ kind: 'done', done: { unitId, written, counters, unchanged, failure } })
  } catch (error) {
    if (isCorrupt(error)) reply({ kind: 'corrupt' })
    reply({ kind: 'done', done: failedUnit(unitId, error) })
  }
}

function write({ id, name, params }: Extract<WriterRequest, { kind: 'write' }>): void {
  try {
    db ??= openForWriting(dbFile)
    reply({ kind: 'result', id, result: runWrite(db, name, params as never) })
  } catch (error) {
    if (isCorrupt(error)) reply({ kind: 'corrupt' })
    reply({ kind: 'failure', id, error: packError(error) })
  }
}

main.on('message', (request: WriterRequest) => {
  switch (request.kind) {
    case 'write':
      return write(request)
    case 'connect':
      scanners.push(request.scanner)
      request.scanner.on('message', apply)
      return
    case 'close':
      for (const scanner of scanners) scanner.close()
      db?.close()
      main.close()
  }
})
