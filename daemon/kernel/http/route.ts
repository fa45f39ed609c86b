/** What answers HTTP requests: a table of routes, behind the guard that has looked at each request before. */
import type { AccessScope } from '../../../protocol/vocabulary.ts'
import type { Caller } from '../rpc/request.ts'
import type { Proof, Visitor } from './identity.ts'

/** A request that has passed the guard. */
export type HttpRequest = {
  method: string
  /** Below the base path, decoded, e.g. `/api/v1/cache/projects`. */
  path: string
  /** Values of the `:name` parts of the route's path. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** Names in lower case; one that came several times is one text. */
  header(name: string): string | undefined
  /** Who asks, with the scope of the session or token; lives as long as the request. */
  caller: Caller
  /** Null only where the scope of the route is `none`. */
  visitor: Visitor | null
  proof: Proof
  /** The body as it came. Errors: `http.too_large`. */
  body(): Promise<Buffer>
}

export type HttpReply = {
  status: number
  /** Beside those every reply has. */
  headers?: Readonly<Record<string, string>>
  /**
   * Text and buffers get an ETag and are answered with 304 where the client has them; parts are sent as they come, and
   * a line end after them.
   */
  body?: string | Buffer | Iterable<string>
}

/** A reply without an end, such as server-sent events; ends when the client goes or the promise settles. */
export type StreamedReply = {
  status: number
  headers?: Readonly<Record<string, string>>
  stream(to: {
    /** False when so much waits for the client that it should be cut off. */
    write(text: string): boolean
    /** Resolves when the client has taken what was written, or has gone. */
    taken(): Promise<void>
    /** Aborted when the client has gone. */
    gone: AbortSignal
  }): Promise<void>
}

/** One route. What it throws as `SmdError` becomes the error reply, anything else `internal`. */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** E.g. `/api/v1/projects/:id`; a last part `:name*` takes all that follows, one part at least. */
  path: string
  /** What the caller needs; `none` needs no session, only the guard. */
  scope: AccessScope | 'none'
  handle(request: HttpRequest): Promise<HttpReply | StreamedReply> | HttpReply | StreamedReply
}
