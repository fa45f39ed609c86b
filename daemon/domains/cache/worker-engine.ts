import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { scannerThread, writerThread } from '../../entries.ts'
import type { Engine, UnitDone, WriteName, WriteParams, WriteResult } from './engine.ts'
import type { Discovery } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import type { Finding } from './scan/validate.ts'
import { type ScannerRequest, type ThreadReply, unpackError, type WriterRequest } from './threads.ts'

/** Units a scanner may be ahead of the writer: enough to keep both busy, few enough to bound memory. */
const WINDOW = 8

type Pending = { resolve(value: never): void; reject(error: Error): void }

/** A thread that answers requests by id and reports units as they are done. */
class Thread<Request extends { kind: string }> {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  readonly ended: Promise<void>

  constructor(entry: URL, dbFile: string, onDone: (done: UnitDone) => void, onCrash: (error: Error) => void) {
    this.#worker = new Worker(entry, { workerData: { dbFile } })
    this.#worker.on('message', (reply: ThreadReply) => {
      if (reply.kind === 'done') return onDone(reply.done)
      const waiting = this.#pending.get(reply.id)
      this.#pending.delete(reply.id)
      if (reply.kind === 'result') waiting?.resolve(reply.result as never)
      else waiting?.reject(unpackError(reply.error))
    })
    this.#worker.on('error', (error: Error) => {
      for (const waiting of this.#pending.values()) waiting.reject(error)
      this.#pending.clear()
      onCrash(error)
    })
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
  }

  post(request: Request, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(request, transfer)
  }

  ask<Result>(request: (id: number) => Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#pending.set(id, { resolve, reject })
      this.post(request(id))
    })
  }
}

type Scanner = { thread: Thread<ScannerRequest>; inFlight: number }
type Run = {
  queue: UnitRef[]
  owner: Map<number, Scanner>
  onDone(done: UnitDone): void
  resolve(): void
  reject(error: Error): void
}

/**
 * One writer thread and some scanner threads, started when needed and ended by `rest`.
 * Outcomes go from scanner to writer directly; this thread only hands out units and counts.
 */
export function createWorkerEngine(dbFile: string, scannerCount: () => number): Engine {
  let writer: Thread<WriterRequest> | null = null
  let scanners: Scanner[] = []
  let run: Run | null = null

  const done = (result: UnitDone): void => {
    const scanner = run?.owner.get(result.unitId)
    if (!run || !scanner) return
    run.owner.delete(result.unitId)
    scanner.inFlight--
    run.onDone(result)
    feed(scanner)
    if (run.queue.length === 0 && run.owner.size === 0) run.resolve()
  }

  const feed = (scanner: Scanner): void => {
    while (run && scanner.inFlight < WINDOW) {
      const ref = run.queue.shift()
      if (!ref) return
      run.owner.set(ref.id, scanner)
      scanner.inFlight++
      scanner.thread.post({ kind: 'scan', ref })
    }
  }

  /** A thread that dies takes the run with it; the next one starts with new threads. */
  const crashed = (error: Error): void => {
    run?.reject(error)
    writer?.post({ kind: 'close' })
    for (const { thread } of scanners) thread.post({ kind: 'close' })
    writer = null
    scanners = []
  }

  const theWriter = (): Thread<WriterRequest> => {
    writer ??= new Thread<WriterRequest>(writerThread, dbFile, done, crashed)
    return writer
  }

  const someScanners = (count: number): Scanner[] => {
    while (scanners.length < count) {
      const thread = new Thread<ScannerRequest>(scannerThread, dbFile, done, crashed)
      const { port1, port2 } = new MessageChannel()
      thread.post({ kind: 'connect', writer: port1 }, [port1])
      theWriter().post({ kind: 'connect', scanner: port2 }, [port2])
      scanners.push({ thread, inFlight: 0 })
    }
    return scanners.slice(0, count)
  }

  const aScanner = (): Thread<ScannerRequest> => (someScanners(1)[0] as Scanner).thread

  const rest = (): Array<Promise<void>> => {
    const threads = [...scanners.map((scanner) => scanner.thread), ...(writer ? [writer] : [])]
    for (const thread of threads) thread.post({ kind: 'close' })
    writer = null
    scanners = []
    return threads.map((thread) => thread.ended)
  }

  return {
    discover: (options) => aScanner().ask<Discovery>((id) => ({ kind: 'discover', id, options })),
    validate: (path, profile) => aScanner().ask<Finding[]>((id) => ({ kind: 'validate', id, path, profile })),
    write<Name extends WriteName>(name: Name, params: WriteParams<Name>) {
      return theWriter().ask<WriteResult<Name>>((id) => ({ kind: 'write', id, name, params }))
    },
    async scan(refs, env, now, onDone) {
      if (run) throw new Error('a scan is running already')
      if (refs.length === 0) return
      try {
        await new Promise<void>((resolve, reject) => {
          run = { queue: [...refs], owner: new Map(), onDone, resolve, reject }
          for (const scanner of someScanners(Math.min(scannerCount(), refs.length))) {
            scanner.thread.post({ kind: 'environment', env, now })
            feed(scanner)
          }
        })
      } finally {
        run = null
      }
    },
    rest: () => void rest(),
    close: async () => void (await Promise.all(rest())),
  }
}
