import { SmdError } from '../../../protocol/errors.ts'
import type { NotificationName, NotificationParams } from '../../../protocol/notifications.ts'
import type { RequestMeta } from '../../../protocol/request-meta.ts'
import type { AccessScope } from '../../../protocol/vocabulary.ts'
import type { AnswerRecord } from './idempotency.ts'
import type { RawJson } from './raw-json.ts'

export type RequestId = string | number | null

/** One client, for as long as it is connected. */
export type Caller = {
  /** For the log, e.g. `socket#12 smd-cli/1.2.0`. */
  name: string
  /** What it may do; whoever reaches the socket may do everything. */
  readonly scope: AccessScope
  /** Set by a successful `daemon.hello`. */
  greeted: boolean
  /** Its requests that are not answered yet, by id. */
  readonly open: Map<string | number, RequestContext>
  /** Aborted when the connection has ended. */
  readonly gone: AbortSignal
  /** Sends something unasked. False when the client is gone, or was cut off because it does not take what it gets. */
  notify<Name extends NotificationName>(name: Name, params: NotificationParams<Name> | RawJson): boolean
  /** Resolves when the client has taken what was sent to it, or is gone. */
  taken(): Promise<void>
}

/** A caller in this process: it has no connection, so it cannot be notified and never goes. */
export function localCaller(name: string): Caller {
  return {
    name,
    scope: 'admin',
    greeted: true,
    open: new Map(),
    gone: new AbortController().signal,
    notify: () => false,
    taken: async () => undefined,
  }
}

const noMeta: RequestMeta = {}

/** One request while it is worked on: who asks, and whether an answer is still wanted. */
export class RequestContext {
  readonly caller: Caller
  readonly meta: RequestMeta
  /** Where a command with a key may write its answer together with what it changes. */
  record: AnswerRecord | null = null
  readonly #id: RequestId
  readonly #deadline: NodeJS.Timeout | undefined
  /** Made when somebody wants to know; most requests are answered at once. */
  #controller: AbortController | null = null
  #reason: SmdError | null = null

  constructor(caller: Caller, id: RequestId | undefined, meta: RequestMeta = noMeta) {
    this.caller = caller
    this.meta = meta
    this.#id = id ?? null
    if (this.#id !== null) caller.open.set(this.#id, this)
    const { deadlineMs } = meta
    if (deadlineMs === undefined) return
    this.#deadline = setTimeout(
      () => this.abort(new SmdError('request.deadline', { deadlineMs })),
      deadlineMs,
    )
    this.#deadline.unref()
  }

  /** Aborted when no answer is wanted any more; its reason is the `SmdError` the caller gets instead. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  abort(reason: SmdError): void {
    if (this.#reason) return
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  /** `work`, or the reason of an abort if that comes first. What `work` has begun goes on unless it heeds the signal. */
  unlessAborted<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason)
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }

  /** To be called when the request is answered. */
  close(): void {
    clearTimeout(this.#deadline)
    if (this.#id !== null && this.caller.open.get(this.#id) === this) this.caller.open.delete(this.#id)
  }
}
