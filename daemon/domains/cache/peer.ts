import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Worker, WorkerOptions } from 'node:worker_threads'
import { type PeerReply, unpackError } from './messages.ts'

type Pending = { resolve(value: never): void; reject(error: Error): void }

/** How long one that was told to end may take for it. */
const PATIENCE_MS = 5_000

/** What a peer says by itself. */
export type PeerEvents<Event> = {
  said(event: Event): void
  /** It ended unasked; whatever it had to answer was rejected. */
  crashed(error: Error): void
}

/**
 * A process or thread that answers requests by id and says things in between. What starts one is looked up when it is
 * needed: the start of a daemon would pay 6 ms for it.
 */
export class Peer<Request extends object, Event extends object> {
  readonly #send: (message: unknown) => void
  readonly #kill: () => void
  readonly #pending = new Map<number, Pending>()
  readonly #events: PeerEvents<Event>
  #lastId = 0
  #closing = false
  readonly ended: Promise<void>

  private constructor(
    carrier: ChildProcess | Worker,
    how: { send(message: unknown): void; kill(): void },
    events: PeerEvents<Event>,
  ) {
    this.#send = how.send
    this.#kill = how.kill
    this.#events = events
    carrier.on('message', (reply: PeerReply<Event>) => this.#receive(reply))
    carrier.on('error', (error: Error) => this.#fail(error))
    this.ended = new Promise((resolve) => {
      carrier.once('exit', (code: number | null, signal?: string) => {
        this.#fail(
          new Error(
            `${'pid' in carrier ? 'the writer process' : 'a thread'} ended with ${signal ?? `code ${code}`}`,
          ),
        )
        resolve()
      })
    })
  }

  /** Runs a file in a thread. */
  static thread<Request extends object, Event extends object>(
    entry: URL,
    options: WorkerOptions,
    events: PeerEvents<Event>,
  ): Peer<Request, Event> {
    const { Worker: Thread } = process.getBuiltinModule('node:worker_threads')
    const worker = new Thread(entry, options)
    const how = {
      send: (message: unknown) => worker.postMessage(message),
      kill: () => void worker.terminate(),
    }
    return new Peer(worker, how, events)
  }

  /** Runs a file in a process that ends with this one. */
  static process<Request extends object, Event extends object>(
    entry: URL,
    args: readonly string[],
    execArgv: readonly string[],
    events: PeerEvents<Event>,
  ): Peer<Request, Event> {
    // Messages hold bytes, maps and sets, which JSON would lose.
    const { fork } = process.getBuiltinModule('node:child_process')
    const child = fork(fileURLToPath(entry), args, {
      execArgv: [...execArgv],
      serialization: 'advanced',
      cwd: '/',
    })
    // One that hangs does not notice that its channel was closed.
    const killAtEnd = (): void => void child.kill('SIGKILL')
    process.once('exit', killAtEnd)
    child.once('exit', () => process.off('exit', killAtEnd))
    const how = {
      // One that has just died says so by its exit.
      send: (message: unknown) => void (child.connected && child.send(message as object)),
      kill: killAtEnd,
    }
    return new Peer(child, how, events)
  }

  post(request: Request): void {
    this.#send(request)
  }

  ask<Result>(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#pending.set(id, { resolve, reject })
      this.#send({ ...request, id })
    })
  }

  /** Ends it after what it was asked before. */
  close(request: Request): Promise<void> {
    this.#closing = true
    this.#send(request)
    return this.ended
  }

  /** Ends it now: whoever waits for an answer gets `reason`. One that does not end by itself is killed. */
  abandon(request: Request, reason: Error): Promise<void> {
    this.#reject(reason)
    const impatient = setTimeout(this.#kill, PATIENCE_MS)
    return this.close(request).finally(() => clearTimeout(impatient))
  }

  #receive(reply: PeerReply<Event>): void {
    if (reply.kind === 'result') this.#take(reply.id)?.resolve(reply.result as never)
    else if (reply.kind === 'failure') this.#take(reply.id)?.reject(unpackError(reply.error))
    else this.#events.said(reply.event)
  }

  #take(id: number): Pending | undefined {
    const waiting = this.#pending.get(id)
    this.#pending.delete(id)
    return waiting
  }

  #reject(error: Error): void {
    for (const waiting of this.#pending.values()) waiting.reject(error)
    this.#pending.clear()
  }

  #fail(error: Error): void {
    this.#reject(error)
    if (!this.#closing) this.#events.crashed(error)
    this.#closing = true
  }
}
