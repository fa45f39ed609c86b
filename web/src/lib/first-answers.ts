/** Answers that came along with the page: to what its address asks first, by the same table (protocol/page-addresses.ts). */
import { firstCalls } from '../../../protocol/page-addresses.ts'
import { basePath } from './base.ts'

const keyOf = (method: string, params: object): string => `${method} ${JSON.stringify(params)}`

const answers = read()

/** Whether any came: then the first view can be drawn with them alone. */
export const cameAlong = answers.size > 0

/** An answer that came along; undefined when there is none, or it was taken: what is asked again wants a newer one. */
export function takeFirst(method: string, params: object): unknown {
  if (answers.size === 0) return undefined
  const key = keyOf(method, params)
  const answer = answers.get(key)
  answers.delete(key)
  return answer
}

/** The replies are a batch, numbered as the calls are. A failure is left out: whoever asks again hears of it. */
function read(): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const block = document.getElementById('first')
  if (!block) return found
  const { pathname, search } = window.location
  const calls = firstCalls(pathname.slice(basePath.length), new URLSearchParams(search))
  for (const { id, result } of JSON.parse(block.textContent) as Array<{ id: number; result?: unknown }>) {
    const asked = calls[id]
    if (asked && result !== undefined) found.set(keyOf(asked.method, asked.params), result)
  }
  block.remove()
  return found
}
