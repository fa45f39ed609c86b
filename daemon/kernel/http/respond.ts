/** Puts a reply on its way. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_QUEUE_BYTES } from '../../../protocol/version.ts'
import { Outbox } from '../rpc/outbox.ts'
import { commonHeaders } from './reply-headers.ts'
import type { HttpReply, StreamedReply } from './route.ts'

/** Making an ETag of 256 KiB takes a fifth of a millisecond; of what is larger, a route says what tells it from another. */
const MAX_HASHED_BYTES = 256 * 1024

/** Resolves when the reply is made; the client may still be taking it. Rejects when it could not be made to its end. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  reply: HttpReply | StreamedReply,
  gone: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = { ...commonHeaders, ...reply.headers }
  if ('stream' in reply) return stream(request, response, reply, headers, gone)
  const { status, body = '' } = reply
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
    response.writeHead(status, headers)
    if (request.method === 'HEAD') return void response.end()
    await new Outbox(response).sendText(() => body)
    return void response.end()
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead && status === 200) headers.etag ??= etagOf(body) ?? ''
  if (headers.etag === '') delete headers.etag
  if (headers.etag && isKnown(request.headers['if-none-match'], headers.etag)) {
    // What a 200 would say of the content goes without it.
    for (const name of ['content-type', 'content-encoding']) delete headers[name]
    response.writeHead(304, headers)
    return void response.end()
  }
  if (status !== 204) headers['content-length'] = `${Buffer.byteLength(body)}`
  response.writeHead(status, headers)
  response.end(request.method === 'HEAD' || status === 204 ? undefined : body)
}

async function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { status, stream: run }: StreamedReply,
  headers: Record<string, string>,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(status, headers)
  if (request.method === 'HEAD') return void response.end()
  // So that the client knows that it has begun, though nothing may come for a while.
  response.flushHeaders()
  await run({
    write: (text) => {
      if (response.destroyed || response.writableEnded) return false
      response.write(text)
      return response.writableLength <= MAX_QUEUE_BYTES
    },
    taken: () =>
      new Promise((resolve) => {
        if (gone.aborted || !response.writableNeedDrain) return resolve()
        response.once('drain', resolve)
        gone.addEventListener('abort', () => resolve(), { once: true })
      }),
    gone,
  })
  response.end()
}

/** Strong: the same text is the same bytes, since nothing is packed on the way. */
function etagOf(body: string | Buffer): string | null {
  if (body.length > MAX_HASHED_BYTES) return null
  const { hash } = process.getBuiltinModule('node:crypto')
  return `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
}

/** Compared weakly, as `If-None-Match` asks for (RFC 9110, section 13.1.2). */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => plain(tag) === plain(etag))
}
