import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { SmdError } from '../../../protocol/errors.ts'
import { scannerThread, writerThread } from '../../entries.ts'
import type { Engine, UnitDone, WriteName, WriteParams, WriteResult } from './engine.ts'
import type { Discovery } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import type { Finding } from './scan/validate.ts'
import { type ScannerRequest, type ThreadReply, unpackError, type WriterRequest } from './threads.ts'

/** Units a scanner may be ahead of the writer: enough to keep both busy, few enough to bound memory. */
const WINDOW = 32

/** How long threads wait for more to do before they end: they take memory. */
const IDLE_MS = 5_000

/** Room for new objects per thread. The default lets three threads hold 100 MB of garbage; scans are no slower with this. */
const YOUNG_GENERATION_MB = 4

type Pending = { resolve(value: never): void; reject(error: Error): void }
type ThreadEvents = { done(done: UnitDone): void; corrupt(): void; crashed(error: Error): void }

/** A thread that answers requests by id and reports units as they are done. */
class Thread<Request extends { kind: string }> {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #events: ThreadEvents
  #lastId = 0
  #closing = false
  readonly ended: Promise<void>

  constructor(entry: URL, dbFile: string, events: ThreadEvents) {
    this.#events = events
    this.#worker = new Worker(entry, {
      workerData: { dbFile },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    this.#worker.on('message', (reply: ThreadReply) => this.#receive(reply))
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.ended = new Promise((resolve) =>
      this.#worker.once('exit', (code) => {
        this.#fail(new Error(`a thread ended with code ${code}`))
        resolve()
      }),
    )
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

  /** Ends the thread after what it was asked before. */
  close(request: Request): Promise<void> {
    this.#closing = true
    this.post(request)
    return this.ended
  }

  #receive(reply: ThreadReply): void {
    if (reply.kind === 'done') this.#events.done(reply.done)
    else if (reply.kind === 'corrupt') this.#events.corrupt()
    else if (reply.kind === 'result') this.#take(reply.id)?.resolve(reply.result as never)
    else this.#take(reply.id)?.reject(unpackError(reply.error))
  }

  #take(id: number): Pending | undefined {
    const waiting = this.#pending.get(id)
    this.#pending.delete(id)
    return waiting
  }

  #fail(error: Error): void {
    for (const waiting of this.#pending.values()) waiting.reject(error)
    this.#pending.clear()
    if (!this.#closing) this.#events.crashed(error)
    this.#closing = true
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

export type WorkerEngineOptions = {
  /** Where the cache lies now; asked whenever a thread starts. */
  dbFile(): string
  /** How many scanners share the work, given how much there is. */
  scannerCount(units: number): number
  /** A thread found that the file is damaged. */
  onCorrupt(): void
  entries?: { scanner: URL; writer: URL }
}

/**
 * One writer thread and some scanner threads, started when needed and ended by `rest`.
 * Outcomes go from scanner to writer directly; this thread only hands out units and counts.
 */
export function createWorkerEngine(options: WorkerEngineOptions): Engine {
  const { dbFile, scannerCount, onCorrupt } = options
  const entries = options.entries ?? { scanner: scannerThread, writer: writerThread }
  let writer: Thread<WriterRequest> | null = null
  let scanners: Scanner[] = []
  let run: Run | null = null
  let closed = false
  let asked = 0
  let idle: NodeJS.Timeout | undefined
  /** New with each set of threads: what threads of a former set still report is of no interest. */
  let era = 0
  /** Ends of threads that were told to end and may still have the file open. */
  const ending = new Set<Promise<void>>()

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
      scanner.thread.post({ kind: 'scan', ref, more: run.queue.length > 0 })
    }
  }

  const events = (): ThreadEvents => {
    const mine = era
    const ifCurrent = (react: () => void): void => {
      if (mine === era) react()
    }
    return {
      done: (result) => ifCurrent(() => done(result)),
      corrupt: () => ifCurrent(onCorrupt),
      crashed: (error) => ifCurrent(() => void end(error)),
    }
  }

  /** Scanners first: what they still hand over is written, or dropped when the writer is gone. */
  const rest = (): void => {
    const threads = [...scanners.map((scanner) => scanner.thread), ...(writer ? [writer] : [])]
    writer = null
    scanners = []
    era++
    for (const thread of threads) {
      const ended = thread.close({ kind: 'close' }).then(() => void ending.delete(ended))
      ending.add(ended)
    }
  }

  /** A thread that dies takes the run with it; the next one starts with new threads. */
  const end = async (reason: Error): Promise<void> => {
    run?.reject(reason)
    rest()
    await Promise.all(ending)
  }

  const theWriter = (): Thread<WriterRequest> => {
    if (closed) throw new SmdError('daemon.stopping')
    writer ??= new Thread<WriterRequest>(entries.writer, dbFile(), events())
    return writer
  }

  const someScanners = (count: number): Scanner[] => {
    while (scanners.length < count) {
      const { port1, port2 } = new MessageChannel()
      theWriter().post({ kind: 'connect', scanner: port2 }, [port2])
      const thread = new Thread<ScannerRequest>(entries.scanner, dbFile(), events())
      thread.post({ kind: 'connect', writer: port1 }, [port1])
      scanners.push({ thread, inFlight: 0 })
    }
    return scanners.slice(0, count)
  }

  const aScanner = (): Thread<ScannerRequest> => (someScanners(1)[0] as Scanner).thread

  /** A single write starts a thread, too; it ends when nothing follows. */
  const busy = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    clearTimeout(idle)
    asked++
    try {
      return await work()
    } finally {
      asked--
      if (asked === 0 && !closed) idle = setTimeout(rest, IDLE_MS).unref()
    }
  }

  return {
    discover: (options) =>
      busy(async () => aScanner().ask<Discovery>((id) => ({ kind: 'discover', id, options }))),
    validate: (path, profile) =>
      busy(async () => aScanner().ask<Finding[]>((id) => ({ kind: 'validate', id, path, profile }))),
    write: <Name extends WriteName>(name: Name, params: WriteParams<Name>) =>
      busy(async () => theWriter().ask<WriteResult<Name>>((id) => ({ kind: 'write', id, name, params }))),
    backup: (to) => busy(async () => theWriter().ask<void>((id) => ({ kind: 'backup', id, to }))),
    async scan(refs, env, now, onDone) {
      if (run) throw new Error('a scan is running already')
      if (refs.length === 0) return
      const scanned = (): Promise<void> =>
        new Promise((resolve, reject) => {
          run = { queue: [...refs], owner: new Map(), onDone, resolve, reject }
          for (const scanner of someScanners(Math.min(scannerCount(refs.length), refs.length))) {
            scanner.thread.post({ kind: 'environment', env, now })
            feed(scanner)
          }
        })
      await busy(scanned).finally(() => {
        run = null
      })
    },
    rest,
    reset: () => end(new SmdError('cache.unavailable', { reason: 'it is being rebuilt' })),
    close: () => {
      closed = true
      clearTimeout(idle)
      return end(new SmdError('daemon.stopping'))
    },
  }
}
