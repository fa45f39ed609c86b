import { randomUUID } from 'node:crypto'
import {
  isJSONRPCRequest,
  type JSONRPCErrorResponse,
  type JSONRPCResponse,
  JSONRPCServer,
} from 'json-rpc-2.0'
import { SmdError, type WireError } from '../../../protocol/errors.ts'
import type { MethodName, ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { MAX_BATCH } from '../../../protocol/version.ts'
import type { Logger } from '../log/logger.ts'
import { RawJson } from './raw-json.ts'

/** What a handler knows of its caller. */
export type Caller = {
  /** For the log, e.g. `socket#12`. */
  name: string
  /** Set by a successful `daemon.hello`. */
  greeted: boolean
}

/** One function per method; a missing or misspelt one is a compile error. */
export type Handlers<Context, Names extends MethodName = MethodName> = {
  [Name in Names]: (
    ctx: Context,
    params: ParsedParamsOf<Name>,
    caller: Caller,
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
}

/** Free of any transport: socket, WebSocket, HTTP and the offline command line hand their messages in here. */
export function createDispatcher<Context>(
  ctx: Context,
  handlers: Handlers<Context>,
  { validate, log, logFile }: { validate: Validate; log: Logger; logFile: string },
): Dispatcher {
  const run = async (method: MethodName, params: unknown, caller: Caller): Promise<unknown> => {
    const handler = handlers[method] as Handlers<Context>[MethodName]
    return handler(ctx, validate(method, params ?? {}) as never, caller)
  }

  /** Expected failures pass as they are; a bug gets a reference that stands in the log too, and no more (S8). */
  const expected = (error: unknown, method: string): SmdError => {
    if (error instanceof SmdError) return error
    const reference = randomUUID().slice(0, 8)
    log.error('request failed', { method, reference, error: String((error as Error)?.stack ?? error) })
    return new SmdError('internal', { reference, log: logFile }, { cause: error })
  }

  const server = new JSONRPCServer<Caller>({ errorListener: () => undefined })
  for (const name of Object.keys(handlers) as MethodName[]) {
    server.addMethodAdvanced(name, async (request, caller) => {
      const id = request.id ?? null
      try {
        return { jsonrpc: '2.0', id, result: await run(name, request.params, caller) }
      } catch (error) {
        return failure(id, expected(error, name).toWire())
      }
    })
  }

  const answerOne = async (message: unknown, caller: Caller): Promise<JSONRPCResponse | null> => {
    if (!isJSONRPCRequest(message)) {
      const reason = 'it needs jsonrpc "2.0", a method name and, for an answer, an id'
      return failure(idOf(message), new SmdError('rpc.invalid_request', { reason }).toWire())
    }
    if (!server.hasMethod(message.method)) {
      if (message.id === undefined) return null
      return failure(
        message.id,
        new SmdError('rpc.unknown_method', { method: message.method.slice(0, 100) }).toWire(),
      )
    }
    const response = await server.receive(message, caller)
    return message.id === undefined ? null : response
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
      const responses = await Promise.all(message.map((request) => answerOne(request, caller)))
      const answered = responses.filter((response) => response !== null)
      return answered.length > 0 ? answered : null
    },
    async call(method, params) {
      try {
        const result = await run(method, params, { name: 'here', greeted: true })
        return (result instanceof RawJson ? JSON.parse(result.toText()) : result) as never
      } catch (error) {
        throw expected(error, method)
      }
    },
  }
}

/** A response that reports a failure; `id` null when the request had none that could be read. */
export function failure(id: JSONRPCResponse['id'], error: WireError): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error }
}

function idOf(message: unknown): string | number | null {
  const id = (message as { id?: unknown } | null)?.id
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

/** The JSON text of a reply, or its parts where a raw result comes in parts. */
export function encodeReply(reply: NonNullable<Reply>): string | Iterable<string> {
  if (Array.isArray(reply)) return `[${reply.map(encodeWhole).join(',')}]`
  const { result } = reply as { result?: unknown }
  if (!(result instanceof RawJson)) return JSON.stringify(reply)
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(reply.id)},"result":`
  return typeof result.content === 'string' ? `${head + result.content}}` : framed(head, result.content)
}

function encodeWhole(reply: JSONRPCResponse): string {
  const text = encodeReply(reply)
  return typeof text === 'string' ? text : [...text].join('')
}

function* framed(head: string, parts: Iterable<string>): Generator<string> {
  yield head
  yield* parts
  yield '}'
}
