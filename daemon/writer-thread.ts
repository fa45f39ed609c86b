/** Entry of the writer thread: the only place where cache.db is changed. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { noCounters } from './domains/cache/engine.ts'
import { runWrite } from './domains/cache/inline-engine.ts'
import {
  packError,
  type ScannedUnit,
  type ThreadData,
  type ThreadReply,
  type WriterRequest,
} from './domains/cache/threads.ts'
import { cacheWrites } from './domains/cache/writes.ts'
import { openForWriting } from './kernel/db/open.ts'
import { lowerThreadPriority } from './kernel/service/thread-priority.ts'

lowerThreadPriority()
const { dbFile } = workerData as ThreadData
const main = parentPort as MessagePort
const db = openForWriting(dbFile)
const scanners: MessagePort[] = []
const reply = (message: ThreadReply): void => main.postMessage(message)

function apply({ outcome, now }: ScannedUnit): void {
  const { unitId, counters, unchangedCount: unchanged } = outcome
  try {
    const written = cacheWrites.applyUnit(db, { outcome, now })
    reply({
      kind: 'done',
      done: { unitId, written, counters, unchanged, failure: outcome.failure?.message ?? null },
    })
  } catch (error) {
    const failure = String((error as Error)?.stack ?? error)
    reply({ kind: 'done', done: { unitId, written: null, counters: noCounters, unchanged: 0, failure } })
  }
}

main.on('message', (request: WriterRequest) => {
  switch (request.kind) {
    case 'write':
      try {
        reply({ kind: 'result', id: request.id, result: runWrite(db, request.name, request.params as never) })
      } catch (error) {
        reply({ kind: 'failure', id: request.id, error: packError(error) })
      }
      return
    case 'connect':
      scanners.push(request.scanner)
      request.scanner.on('message', apply)
      return
    case 'close':
      for (const scanner of scanners) scanner.close()
      db.close()
      main.close()
  }
})
