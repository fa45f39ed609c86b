import type { ScannerData, ScannerEvent, ScannerRequest } from './messages.ts'
import { Peer } from './peer.ts'
import type { UnitRef } from './scan/job.ts'
import type { ScanEnvironment } from './scan/types.ts'

/** Units a scanner may be ahead of the writer: enough to keep both busy, few enough to bound memory. */
const WINDOW = 32

/** Room for new objects per thread. The default lets three threads hold 100 MB of garbage; scans are no slower with this. */
const YOUNG_GENERATION_MB = 4

type Scanner = { thread: Peer<ScannerRequest, ScannerEvent>; inFlight: number }

export type PoolOptions = {
  entry: URL
  dbFile: string
  count: number
  env: ScanEnvironment
  now: number
  heard(event: ScannerEvent): void
}

/** Threads that read units for one scan. */
export class ScannerPool {
  readonly #scanners: Scanner[] = []
  readonly #queue: UnitRef[]
  readonly #owner = new Map<number, Scanner>()
  readonly finished: Promise<void>
  #finish: () => void = () => undefined
  #fail: (error: Error) => void = () => undefined

  constructor(refs: readonly UnitRef[], { entry, dbFile, count, env, now, heard }: PoolOptions) {
    this.#queue = [...refs]
    this.finished = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    const workerData: ScannerData = { dbFile, env, now }
    const options = { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } }
    // A thread that dies takes the scan with it; the next one starts with new threads.
    const events = { said: heard, crashed: (error: Error) => this.#fail(error) }
    for (let i = 0; i < count; i++) {
      const scanner = {
        thread: Peer.thread<ScannerRequest, ScannerEvent>(entry, options, events),
        inFlight: 0,
      }
      this.#scanners.push(scanner)
      this.#feed(scanner)
    }
  }

  /** A unit is written, or has failed; its scanner gets the next one. */
  done(unitId: number): void {
    const scanner = this.#owner.get(unitId)
    if (!scanner) return
    this.#owner.delete(unitId)
    scanner.inFlight--
    this.#feed(scanner)
    if (this.#queue.length === 0 && this.#owner.size === 0) this.#finish()
  }

  /** Begins no further unit. */
  cancel(): void {
    this.#queue.length = 0
    if (this.#owner.size === 0) this.#finish()
  }

  /** Ends the threads when they are through with what they were given. */
  async close(): Promise<void> {
    await Promise.all(this.#scanners.map(({ thread }) => thread.close({ kind: 'close' })))
  }

  #feed(scanner: Scanner): void {
    while (scanner.inFlight < WINDOW) {
      const ref = this.#queue.shift()
      if (!ref) return
      this.#owner.set(ref.id, scanner)
      scanner.inFlight++
      scanner.thread.post({ kind: 'scan', ref, more: this.#queue.length > 0 })
    }
  }
}
