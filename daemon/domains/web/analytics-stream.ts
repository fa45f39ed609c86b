/** What was done, told again and again as server-sent events. */
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { AnalyticsStreamQuery, besideSummary, summaryOf } from '../../../protocol/rest/analytics.ts'
import type { HttpRequest, Route, StreamedReply } from '../../kernel/http/route.ts'
import type { Dispatcher } from '../../kernel/rpc/dispatch.ts'
import type { Caller } from '../../kernel/rpc/request.ts'
import type { Timers } from '../../kernel/timers.ts'
import { type Call, callAll } from './calls.ts'
import { readQuery } from './rest-input.ts'
import { waitsFor } from './waits.ts'

export function analyticsStream(dispatcher: Dispatcher, timers: Timers): Route {
  return {
    method: 'GET',
    path: '/api/v1/analytics/stream',
    scope: 'read',
    handle: (request) => openStream(dispatcher, timers, request),
  }
}

/** Errors: those of `analytics.summary`; `http.invalid`. */
async function openStream(
  dispatcher: Dispatcher,
  timers: Timers,
  request: HttpRequest,
): Promise<StreamedReply> {
  const { interval_seconds } = readQuery(AnalyticsStreamQuery(), request.query)
  const call: Call = (method, params) => dispatcher.callAs(request.caller, method, params)
  const first = await frame(call)
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
    async stream(to) {
      const end = whenOver(dispatcher, request.caller)
      const isOverWithin = waitsFor(end, timers)
      try {
        for (let text = first; ; text = await frame(call)) {
          if (!to.write(text)) throw new Error('the client does not take what it is sent')
          if (await isOverWithin(interval_seconds * 1_000)) break
        }
        if ((await end) === 'daemon.stopping') to.write('event: closing\ndata: {"reason":"stopping"}\n\n')
      } catch (error) {
        // What cannot be told any more ends the stream, and whoever comes again is told why.
        if (!(error instanceof SmdError)) throw error
      }
    },
  }
}

async function frame(call: Call): Promise<string> {
  const [summary, beside] = await Promise.all([call('analytics.summary', {}), callAll(call, besideSummary())])
  const data = summaryOf(summary as ResultOf<'analytics.summary'>, beside)
  return `event: summary\ndata: ${JSON.stringify(data)}\n\n`
}

/** Settles when the client has gone, is let in no longer, or the daemon ends: as a subscription does, which tells nothing. */
async function whenOver(dispatcher: Dispatcher, caller: Caller): Promise<string | null> {
  const params = { topics: ['health'] }
  const message = { jsonrpc: '2.0', id: 'analytics', method: 'events.subscribe', params }
  const reply = await dispatcher.answer(message, { ...caller, notify: () => true })
  const { error } = reply as { error?: Parameters<typeof SmdError.fromWire>[0] }
  return error ? SmdError.fromWire(error).slug : null
}
