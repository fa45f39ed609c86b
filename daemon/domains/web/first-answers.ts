/** What the page asks first is sent along with it, so that its first rows wait for no request. */
import { firstCalls } from '../../../protocol/page-addresses.ts'
import type { AskedPage } from '../../kernel/http/http-server.ts'
import type { HttpReply, StreamedReply } from '../../kernel/http/route.ts'
import type { Dispatcher } from '../../kernel/rpc/dispatch.ts'
import { encodeReply } from '../../kernel/rpc/encode.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { systemTimers, type Timers } from '../../kernel/timers.ts'

/** The page waits no longer for its answers, ms: it can ask for them itself. */
const PATIENCE_MS = 50

const END = '</body>'

/**
 * The page with the first answers for its address, where it was opened by somebody who is signed in; any other reply as
 * it is. The beginning is sent before anything is looked up: it is painted, and names the files to fetch. The answers are
 * a batch of replies to `firstCalls`, numbered as those are, in a block that no browser runs.
 */
export function withFirstAnswers(
  dispatcher: Dispatcher,
  { path, query, opener: findOpener }: AskedPage,
  reply: HttpReply,
  timers: Timers = systemTimers,
): HttpReply | StreamedReply {
  const opener = /^text\/html/.test(reply.headers?.['content-type'] ?? '') ? findOpener() : null
  if (!opener) return reply
  const { caller, setCookie } = opener
  const page = String(reply.body)
  const end = page.lastIndexOf(END)
  const calls = firstCalls(path, new URLSearchParams(query))
  const batch = calls.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params }))
  return {
    status: reply.status,
    // It is of this moment, and for who is signed in.
    headers: { ...reply.headers, 'cache-control': 'no-store', ...(setCookie && { 'set-cookie': setCookie }) },
    async stream(to) {
      to.write(page.slice(0, end))
      await nextTurn()
      const answered = dispatcher.answer(batch, caller)
      let cancel = (): void => undefined
      const late = new Promise<null>((resolve) => {
        cancel = timers.after(PATIENCE_MS, () => resolve(null))
      })
      const replies = await Promise.race([answered, late])
      cancel()
      if (replies === null) caller.leave()
      to.write(`${replies === null ? '' : blockOf([...encodeReply(replies)].join(''))}${page.slice(end)}`)
    },
  }
}

/** Without `<` nothing in it can end the block. */
const blockOf = (json: string): string =>
  `<script type="application/json" id="first">${json.replaceAll('<', '\\u003c')}</script>`
