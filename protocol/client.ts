/** The typed client, without the validator: whatever carries lines to a daemon can call its methods. */
import { SmdError, type WireError } from './errors.ts'
import type { MethodName, ParamsOf, ResultOf } from './methods.ts'
import { PROTOCOL_MIN, PROTOCOL_VERSION } from './version.ts'

/** The methods that may change something, for clients that do not load the table of methods. */
export const commandMethods: ReadonlySet<MethodName> = new Set<MethodName>([
  'daemon.stop',
  'config.set',
  'config.unset',
  'projects.add',
  'projects.remove',
  'cache.refresh',
  'cache.invalidate',
  'cache.clear',
  'backup.create',
  'backup.restore',
])

/** Calls one method; rejects with `SmdError`. */
export type Call = <Name extends MethodName>(method: Name, params: ParamsOf<Name>) => Promise<ResultOf<Name>>

export type Client = {
  call: Call
  /** Hand in one line received from the daemon, without its line end. What is no response fails all calls. */
  receive(line: string): void
  /** Fails all calls without an answer, and later ones; to be called when the connection ends. */
  fail(error: SmdError): void
}

type Pending = { resolve(value: never): void; reject(error: SmdError): void }
type Response = { id?: number | null; result?: never; error?: WireError }

/** The handshake, to be sent as the first line; its failure arrives like any other call's. */
export function helloParams(client: string, cwd?: string): ParamsOf<'daemon.hello'> {
  const hello = { protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION }, client }
  return cwd === undefined ? hello : { ...hello, cwd }
}

/** A client over `send`, which writes one line (without its line end) to the daemon. */
export function createClient(send: (line: string) => void): Client {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let failed: SmdError | null = null
  const fail = (error: SmdError): void => {
    failed ??= error
    for (const waiting of pending.values()) waiting.reject(error)
    pending.clear()
  }
  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed)
        const id = ++lastId
        pending.set(id, { resolve, reject })
        send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
      }),
    receive(line) {
      const response = parse(line)
      if (!response)
        return fail(new SmdError('daemon.unavailable', { reason: 'it sent no JSON-RPC response' }))
      const { id, error } = response
      // Without an id the daemon could not read a request, and says no more than that of which one.
      if (id == null) return error && fail(SmdError.fromWire(error))
      const waiting = pending.get(id)
      pending.delete(id)
      if (error) waiting?.reject(SmdError.fromWire(error))
      else waiting?.resolve(response.result as never)
    },
    fail,
  }
}

function parse(line: string): Response | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? (value as Response | null) : null
  } catch {
    return null
  }
}
