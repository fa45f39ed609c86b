/** Entry of the writer thread: the only place where cache.db is changed. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { failedUnit } from './domains/cache/engine.ts'
import {
  packError,
  type ScannedUnit,
  type ThreadData,
  type ThreadReply,
  type WriterRequest,
} from './domains/cache/threads.ts'
import { cacheWrites, runWrite, type UnitWritten } from './domains/cache/writes.ts'
import { copyDatabase } from './kernel/db/backup.ts'
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

/** Changed artifacts that are worth a transaction of their own. */
const BATCH = 500
/** How long units wait for others that were promised, in ms. */
const PATIENCE_MS = 25

/**
 * Units that share the next transaction. While more are to come they wait for each other: a commit writes every page it
 * touched, so one for five units costs little more than one for each.
 */
let queue: ScannedUnit[] = []
let changes = 0
let patience: NodeJS.Timeout | undefined

function enqueue(unit: ScannedUnit): void {
  queue.push(unit)
  changes += unit.outcome.changed.length
  if (!unit.more || changes >= BATCH) applyQueue()
  else patience ??= setTimeout(applyQueue, PATIENCE_MS)
}

function applyQueue(): void {
  const units = queue
  queue = []
  changes = 0
  clearTimeout(patience)
  patience = undefined
  try {
    db ??= openForWriting(dbFile)
    const written = cacheWrites.applyUnits(db, units)
    for (const [i, unit] of units.entries()) reportDone(unit, written[i] ?? null)
  } catch {
    // One of them is at fault: each on its own, so that the others are written and the one is named.
    for (const unit of units) applyAlone(unit)
  }
}

function applyAlone(unit: ScannedUnit): void {
  try {
    db ??= openForWriting(dbFile)
    reportDone(unit, cacheWrites.applyUnit(db, unit))
  } catch (error) {
    if (isCorrupt(error)) reply({ kind: 'corrupt' })
    reply({ kind: 'done', done: failedUnit(unit.outcome.unitId, error) })
  }
}

function reportDone({ outcome }: ScannedUnit, written: UnitWritten | null): void {
  const { unitId, counters, unchangedCount: unchanged } = outcome
  reply({
    kind: 'done',
    done: { unitId, written, counters, unchanged, failure: outcome.failure?.message ?? null },
  })
}

function write({ id, name, params }: Extract<WriterRequest, { kind: 'write' }>): void {
  // What was scanned before is written before.
  if (queue.length > 0) applyQueue()
  try {
    db ??= openForWriting(dbFile)
    reply({ kind: 'result', id, result: runWrite(db, name, params as never) })
  } catch (error) {
    if (isCorrupt(error)) reply({ kind: 'corrupt' })
    reply({ kind: 'failure', id, error: packError(error) })
  }
}

/** Copies under way; writes go on between their parts. */
let copying: Promise<void> = Promise.resolve()

async function backup({ id, to }: Extract<WriterRequest, { kind: 'backup' }>): Promise<void> {
  try {
    db ??= openForWriting(dbFile)
    await copyDatabase(db, to)
    reply({ kind: 'result', id, result: undefined })
  } catch (error) {
    // A copy that is damaged tells of its original.
    if (isCorrupt(error) || (db && cacheWrites.check(db, {}) !== null)) reply({ kind: 'corrupt' })
    reply({ kind: 'failure', id, error: packError(error) })
  }
}

async function close(): Promise<void> {
  if (queue.length > 0) applyQueue()
  for (const scanner of scanners) scanner.close()
  await copying
  db?.close()
  main.close()
}

main.on('message', (request: WriterRequest) => {
  switch (request.kind) {
    case 'write':
      return write(request)
    case 'backup':
      copying = copying.then(() => backup(request))
      return
    case 'connect':
      scanners.push(request.scanner)
      request.scanner.on('message', enqueue)
      return
    case 'close':
      void close()
  }
})
