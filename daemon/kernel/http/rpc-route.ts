import { SmdError } from '../../../protocol/errors.ts'
import { type Dispatcher, failure } from '../rpc/dispatch.ts'
import { encodeReply } from '../rpc/encode.ts'
import type { HttpReply, Route } from './route.ts'

const headers = { 'content-type': 'application/json; charset=utf-8' }

/**
 * JSON-RPC over HTTP: one message or a batch, answered at once. What a method answers, failures too, is a 200; nothing
 * has to be greeted, and nothing can be told unasked.
 */
export function rpcRoute(dispatcher: Dispatcher): Route {
  return {
    method: 'POST',
    path: '/rpc',
    scope: 'read',
    async handle(request): Promise<HttpReply> {
      // A form of another site can send any text, but not say that it is this.
      if (!/^application\/json *(?:;|$)/i.test(request.header('content-type') ?? '')) {
        throw new SmdError('http.invalid', { reason: 'its content type is not application/json' })
      }
      const message = parse(await request.body())
      if (message === undefined) {
        const reply = failure(null, new SmdError('rpc.parse').toWire())
        return { status: 400, headers, body: JSON.stringify(reply) }
      }
      const reply = await dispatcher.answer(message, request.caller)
      return reply === null ? { status: 204 } : { status: 200, headers, body: encodeReply(reply) }
    },
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
