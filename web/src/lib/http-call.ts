import type { MethodName, ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { addressOf } from './base.ts'
import { CallError, unreachable } from './call-error.ts'
import { SmdError } from './page-error.ts'

let lastId = 0

/**
 * Calls one method by a request of its own: what the page does until its connection stands.
 * Errors: `CallError`; `auth.required` when this browser is not signed in.
 */
export async function callByHttp<Name extends MethodName>(
  method: Name,
  params: ParamsOf<Name>,
  signal?: AbortSignal,
): Promise<ResultOf<Name>> {
  const message = { jsonrpc: '2.0', id: ++lastId, method, params }
  const response = await fetch(addressOf('rpc'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    signal: signal ?? null,
  }).catch((error: unknown) => {
    throw (error as Error).name === 'AbortError' ? error : unreachable()
  })
  const answer = await response.json().catch(() => {
    throw unreachable()
  })
  // What is refused before it gets to the dispatcher has the shape of the HTTP interface.
  if (!('jsonrpc' in answer)) throw new CallError(answer.error, answer.message, answer.hint ?? '')
  if (answer.error) throw SmdError.fromWire(answer.error)
  return answer.result
}
