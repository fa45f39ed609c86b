import type { JSONRPCResponse } from 'json-rpc-2.0'
import type { Reply } from './dispatch.ts'
import { RawJson } from './raw-json.ts'

/** Rows of a list from which on it is worth to encode them one by one. */
const MANY = 8

/**
 * The JSON of a reply as text, or as many short texts. A list of a hundred artifacts as one text is as large as what
 * V8 keeps apart from young objects, so each would bring the next full garbage collection nearer; a row is gone with
 * the next small one.
 */
export function encodeReply(reply: NonNullable<Reply>): string | Iterable<string> {
  return Array.isArray(reply) ? encodeBatch(reply) : encodeOne(reply)
}

function encodeOne(reply: JSONRPCResponse): string | Iterable<string> {
  const { result } = reply as { result?: unknown }
  const parts = result instanceof RawJson ? result.parts : rowsOf(result)
  return parts ? framed(reply, parts) : JSON.stringify(reply)
}

/** A list, row by row; null for other results. */
function rowsOf(result: unknown): Iterable<string> | null {
  const items = (result as { items?: unknown } | null | undefined)?.items
  return Array.isArray(items) && items.length > MANY ? encodeList(items, result as object) : null
}

function* encodeList(items: readonly unknown[], result: object): Generator<string> {
  let before = '{"items":['
  for (const item of items) {
    yield before + JSON.stringify(item)
    before = ','
  }
  const others = JSON.stringify({ ...result, items: undefined }).slice(1)
  yield others === '}' ? ']}' : `],${others}`
}

function* framed({ id }: JSONRPCResponse, parts: Iterable<string>): Generator<string> {
  yield `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`
  yield* parts
  yield '}'
}

function* encodeBatch(replies: readonly JSONRPCResponse[]): Generator<string> {
  let before = '['
  for (const reply of replies) {
    yield before
    const encoded = encodeOne(reply)
    if (typeof encoded === 'string') yield encoded
    else yield* encoded
    before = ','
  }
  yield ']'
}
