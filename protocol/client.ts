/** The typed client, without the validator: whatever carries lines to a daemon can call its methods. */
import { SmdError, type WireError } from './errors.ts'
import type { MethodName, ParamsOf, ResultOf } from './methods.ts'
import type { NotificationName, NotificationParams } from './notifications.ts'
import type { RequestMeta } from './request-meta.ts'
import { PROTOCOL_MIN, PROTOCOL_VERSION } from './version.ts'

/** The methods that may change something, for clients that do not load the table of methods. */
export const commandMethods: ReadonlySet<MethodName> = new Set<MethodName>([
  'daemon.stop',
  'config.set',
  'config.unset',
  'projects.add',
  'projects.remove',
  'upstream.check',
  'cache.refresh',
  'cache.sync',
  'cache.invalidate',
  'cache.clear',
  'backup.create',
  'backup.restore',
  'jobs.run',
  'jobs.pause',
  'jobs.resume',
  'web.link',
  'web.signout',
  'tokens.create',
  'tokens.revoke',
  'tags.create',
  'tags.update',
  'tags.delete',
  'tags.assign',
  'groups.create',
  'groups.update',
  'groups.delete',
  'groups.copy',
  'groups.reorder',
  'groups.assign',
  'groups.order',
  'collections.init',
  'collections.create',
  'collections.use',
  'collections.delete',
  'collections.edit',
  'collections.refresh',
  'collections.add',
  'collections.adopt',
  'collections.remove',
  'collections.consolidate',
  'collections.rollback',
  'deployments.deploy',
  'deployments.undeploy',
  'deployments.undo',
  'sets.save',
  'sets.delete',
  'snapshots.create',
  'snapshots.rollback',
  'snapshots.delete',
  'snapshots.export',
  'analytics.count',
  'analytics.clear',
  'cleanup.remove',
  'sync.pull',
  'sync.push',
  'collections.update',
])

export type CallOptions = {
  /** Gives the call up: it rejects with `request.cancelled` when the daemon agrees. */
  signal?: AbortSignal
  meta?: RequestMeta
}

/** Calls one method; rejects with `SmdError`. */
export type Call = <Name extends MethodName>(
  method: Name,
  params: ParamsOf<Name>,
  options?: CallOptions,
) => Promise<ResultOf<Name>>

/** What the daemon sends unasked. */
export type Notification = {
  [Name in NotificationName]: { method: Name; params: NotificationParams<Name> }
}[NotificationName]

export type Client = {
  call: Call
  /** Hand in one line received from the daemon, without its line end. What is no response fails all calls. */
  receive(line: string): void
  /** Fails all calls without an answer, and later ones; to be called when the connection ends. */
  fail(error: SmdError): void
}

type Pending = {
  method: MethodName
  resolve(value: never): void
  reject(error: SmdError): void
  /** Stops listening for a wish to cancel. */
  settle(): void
}
type Message = { id?: number | null; method?: string; result?: never; error?: WireError }

/** The handshake, to be sent as the first line; its failure arrives like any other call's. */
export function helloParams(client: string, cwd?: string): ParamsOf<'daemon.hello'> {
  const hello = { protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION }, client }
  return cwd === undefined ? hello : { ...hello, cwd }
}

/**
 * A client over `send`, which writes one line (without its line end) to the daemon. `onNotification` gets what is sent
 * unasked; names it does not know are to be ignored.
 */
export function createClient(
  send: (line: string) => void,
  onNotification: (notification: Notification) => void = () => undefined,
): Client {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let failed: SmdError | null = null
  const fail = (error: SmdError): void => {
    failed ??= error
    for (const waiting of pending.values()) {
      waiting.settle()
      waiting.reject(error)
    }
    pending.clear()
  }
  return {
    call: (method, params, { signal, meta } = {}) =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed)
        const id = ++lastId
        const cancel = (): void =>
          send(JSON.stringify({ jsonrpc: '2.0', method: '$/cancel', params: { id } }))
        const settle = (): void => signal?.removeEventListener('abort', cancel)
        pending.set(id, { method, resolve, reject, settle })
        send(
          JSON.stringify({ jsonrpc: '2.0', id, method, params: meta ? { ...params, _meta: meta } : params }),
        )
        if (signal?.aborted) cancel()
        else signal?.addEventListener('abort', cancel)
      }),
    receive(line) {
      const message = parse(line)
      if (!message)
        return fail(new SmdError('daemon.unavailable', { reason: 'it sent no JSON-RPC response' }))
      if (message.method !== undefined) return onNotification(message as Notification)
      const { id, error } = message
      // Without an id the daemon could not read a request, and says no more than that of which one.
      if (id == null) return error && fail(SmdError.fromWire(error))
      const waiting = pending.get(id)
      pending.delete(id)
      waiting?.settle()
      if (error) {
        const failure = SmdError.fromWire(error)
        waiting?.reject(failure)
        // What was sent along with the greeting was not done either; that is why, whatever the answers to it say.
        if (waiting?.method === 'daemon.hello') fail(failure)
      } else waiting?.resolve(message.result as never)
    },
    fail,
  }
}

function parse(line: string): Message | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? (value as Message | null) : null
  } catch {
    return null
  }
}
