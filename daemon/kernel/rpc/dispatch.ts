import {
  isJSONRPCID,
  type JSONRPCErrorResponse,
  type JSONRPCRequest,
  type JSONRPCResponse,
  JSONRPCServer,
} from 'json-rpc-2.0'
import { SmdError, type WireError } from '../../../protocol/errors.ts'
import { type MethodName, methods, type ParsedParamsOf, type ResultOf } from '../../../protocol/methods.ts'
import { type RequestMeta, requestMetaSchema } from '../../../protocol/request-meta.ts'
import { MAX_BATCH } from '../../../protocol/version.ts'
import { type AccessScope, accessScopes } from '../../../protocol/vocabulary.ts'
import type { Logger } from '../log/logger.ts'
import { inRequest } from '../log/request-scope.ts'
import { newUniqueId } from '../unique-id.ts'
import type { Once } from './idempotency.ts'
import { RawJson } from './raw-json.ts'
import { type Caller, localCaller, RequestContext } from './request.ts'
import { nextTurn, TURN_MS } from './turn.ts'

/** One function per method; a missing or misspelt one is a compile error. */
export type Handlers<Context, Names extends MethodName = MethodName> = {
  [Name in Names]: (
    ctx: Context,
    params: ParsedParamsOf<Name>,
    request: RequestContext,
  ) => ResultOf<Name> | RawJson | Promise<ResultOf<Name> | RawJson>
}

/** Checks a method's parameters and fills in defaults; throws `rpc.invalid_params`. */
export type Validate = (method: MethodName, params: unknown) => unknown

export type Reply = JSONRPCResponse | JSONRPCResponse[] | null

export type Dispatcher = {
  /** Answers one message (request, notification or batch), parsed from JSON; null when there is nothing to answer. Never rejects. */
  answer(message: unknown, caller: Caller): Promise<Reply>
  /** Runs one method in this process: same validation, errors as `SmdError`. */
  call<Name extends MethodName>(method: Name, params: unknown): Promise<ResultOf<Name>>
  /** The same for a caller who may not be allowed to. Errors: those of the method; `auth.scope`. */
  callAs<Name extends MethodName>(caller: Caller, method: Name, params: unknown): Promise<ResultOf<Name>>
}

export type DispatcherOptions = {
  validate: Validate
  once?: Once
  log: Logger
  logFile: string
  /** Called when a request was carried out, or failed. */
  onRequest?(method: MethodName, ms: number, failed: boolean): void
}

const always: Once = (_method, _key, _params, work) => work(null)

/** Free of any transport: socket, WebSocket, HTTP and the offline command line hand their messages in here. */
export function createDispatcher<Context>(
  ctx: Context,
  handlers: Handlers<Context>,
  { validate, once = always, log, logFile, onRequest }: DispatcherOptions,
): Dispatcher {
  const run = async (method: MethodName, params: unknown, request: RequestContext): Promise<unknown> => {
    const handler = handlers[method] as Handlers<Context>[MethodName]
    const { caller, meta } = request
    if (ranks[caller.scope] < ranks[methods[method].scope]) throw beyond(caller, method)
    const start = performance.now()
    const work = (): unknown => {
      const parsed = validate(method, params ?? {}) as never
      return once(method, meta.idempotencyKey, parsed, (record) => {
        request.record = record
        return handler(ctx, parsed, request)
      })
    }
    let failed = true
    try {
      const result = meta.requestId === undefined ? work() : inRequest(meta.requestId, work)
      const value = result instanceof Promise ? await request.unlessAborted(result) : result
      failed = false
      return value
    } finally {
      const ms = performance.now() - start
      onRequest?.(method, ms, failed)
      log.debug('request', { method, caller: caller.name, ...meta, ms })
    }
  }

  /** Expected failures pass as they are; a bug gets a reference that stands in the log too, and no more (S8). */
  const expected = (error: unknown, method: string, requestId?: string): SmdError => {
    if (error instanceof SmdError) return error
    const reference = requestId ?? newUniqueId().slice(0, 8)
    log.error('request failed', { method, reference, requestId, error: textOf(error) })
    return new SmdError('internal', { reference, log: logFile }, { cause: error })
  }

  /** Parts are made when the reply is on its way already: what fails then is for the log, the connection is cut. */
  const watched = ({ parts }: RawJson, method: string): RawJson => {
    function* logged(): Generator<string> {
      try {
        yield* parts
      } catch (error) {
        const known = expected(error, method)
        log.warn('reply broken off', { method, error: known.message })
        throw known
      }
    }
    return Array.isArray(parts) ? new RawJson(parts) : new RawJson(logged())
  }

  const server = new JSONRPCServer<Caller>({ errorListener: () => undefined })
  for (const name of Object.keys(handlers) as MethodName[]) {
    server.addMethodAdvanced(name, async ({ id = null, params }, caller) => {
      let request: RequestContext | null = null
      try {
        request = new RequestContext(caller, id, metaOf(params))
        const result = await run(name, params, request)
        return { jsonrpc: '2.0', id, result: result instanceof RawJson ? watched(result, name) : result }
      } catch (error) {
        return failure(id, expected(error, name, request?.meta.requestId).toWire())
      } finally {
        request?.close()
      }
    })
  }

  const here = localCaller('here')
  const answerOne = async (message: unknown, caller: Caller): Promise<JSONRPCResponse | null> => {
    const wrong = whyNoRequest(message)
    if (wrong !== null) {
      return failure(idOf(message), new SmdError('rpc.invalid_request', { reason: wrong }).toWire())
    }
    const request = message as JSONRPCRequest
    const cancelled = cancelledId(message)
    if (cancelled !== null) {
      // One that was answered meanwhile is not open any more; there is nothing to say then.
      caller.open.get(cancelled)?.abort(new SmdError('request.cancelled'))
      return null
    }
    if (!server.hasMethod(request.method)) {
      if (request.id === undefined) return null
      const method = request.method.slice(0, 100)
      return failure(request.id, new SmdError('rpc.unknown_method', { method }).toWire())
    }
    const response = await server.receive(request, caller)
    return request.id === undefined ? null : response
  }

  const callAs: Dispatcher['callAs'] = async (caller, method, params) => {
    try {
      const result = await run(method, params, new RequestContext(caller, null, metaOf(params)))
      return (result instanceof RawJson ? JSON.parse(result.toText()) : result) as never
    } catch (error) {
      throw expected(error, method)
    }
  }

  return {
    async answer(message, caller) {
      if (!Array.isArray(message)) return answerOne(message, caller)
      if (message.length === 0)
        return failure(null, new SmdError('rpc.invalid_request', { reason: 'the batch is empty' }).toWire())
      if (message.length > MAX_BATCH) {
        const details = { limit: MAX_BATCH, count: message.length }
        return failure(null, new SmdError('protocol.batch_too_large', details).toWire())
      }
      const started: Array<Promise<JSONRPCResponse | null>> = []
      let start = performance.now()
      for (const request of message) {
        started.push(answerOne(request, caller))
        if (performance.now() - start < TURN_MS) continue
        await nextTurn()
        start = performance.now()
      }
      const answered = (await Promise.all(started)).filter((response) => response !== null)
      return answered.length > 0 ? answered : null
    },
    call: (method, params) => callAs(here, method, params),
    callAs,
  }
}

/** Each scope includes those before it. */
const ranks = Object.fromEntries(accessScopes.map((scope, rank) => [scope, rank])) as Record<
  AccessScope,
  number
>

function beyond({ scope }: Caller, method: MethodName): SmdError {
  return new SmdError('auth.scope', { method, needed: methods[method].scope, scope })
}

/** Parameters may say something of the request itself. Errors: `rpc.invalid_params`. */
function metaOf(params: unknown): RequestMeta | undefined {
  const meta = (params as { _meta?: unknown } | null | undefined)?._meta
  if (meta === undefined) return undefined
  const checked = requestMetaSchema().safeParse(meta)
  if (checked.success) return checked.data
  const reason = `_meta: ${checked.error.issues[0]?.path.join('.')} ${checked.error.issues[0]?.message}`
  throw new SmdError('rpc.invalid_params', { reason })
}

/** For the log. Anything can be thrown, also what cannot be made a text: that must not become the answer instead. */
function textOf(error: unknown): string {
  try {
    return String((error as Error)?.stack ?? error)
  } catch {
    return `a thrown ${typeof error} that cannot be shown`
  }
}

/** A response that reports a failure; `id` null when the request had none that could be read. */
export function failure(id: JSONRPCResponse['id'], error: WireError): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error }
}

/** What keeps a message from being a request, or null. */
function whyNoRequest(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return 'it is not an object'
  const { jsonrpc, method, params, id } = message as Partial<Record<keyof JSONRPCRequest, unknown>>
  if (jsonrpc !== '2.0') return 'jsonrpc is not "2.0"'
  if (typeof method !== 'string') return 'method is not a text'
  if (params !== undefined && typeof params !== 'object') return 'params is neither object nor array'
  return id === undefined || isJSONRPCID(id) ? null : 'id is neither text nor number'
}

/** Notification that gives up a request. */
export const CANCEL = '$/cancel'

/** The id of the request that a message gives up (`$/cancel {id}`), or null when it is another message. */
export function cancelledId(message: unknown): string | number | null {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: unknown }
  return method === CANCEL ? idOf(params) : null
}

/** The id of a message of any shape; null when there is none that could be repeated. */
export function idOf(message: unknown): string | number | null {
  const id = (message as { id?: unknown } | null)?.id
  return isJSONRPCID(id) ? (id ?? null) : null
}
