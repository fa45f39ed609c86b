import { methods } from '../../../protocol/methods.ts'
import { openApiDocument } from '../../../protocol/openapi.ts'
import { asksForDisk, type RestFacts, type RestRoute } from '../../../protocol/rest/route.ts'
import { restRoutes } from '../../../protocol/rest.ts'
import type { DaemonContext } from '../../context.ts'
import type { HttpReply, HttpRequest, Route } from '../../kernel/http/route.ts'
import type { Dispatcher } from '../../kernel/rpc/dispatch.ts'
import { type Caller, localCaller } from '../../kernel/rpc/request.ts'
import { selectLastRefresh } from '../cache/index.ts'
import { analyticsStream } from './analytics-stream.ts'
import { type Call, callAll, callBoth } from './calls.ts'
import { eventRoute } from './event-stream.ts'
import { readInput } from './rest-input.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** The REST interface and its description, as routes; methods are called as by any other client. */
export function serveRest(ctx: DaemonContext, dispatcher: Dispatcher): Route[] {
  const nobody = localCaller('http nobody')
  let description: string | null = null
  return [
    ...restRoutes.map(
      (route): Route => ({
        method: route.method,
        path: route.path,
        scope: route.scope,
        handle: (request) => answer({ ctx, dispatcher, route, nobody }, request),
      }),
    ),
    eventRoute(dispatcher, ctx.identity.instance),
    analyticsStream(dispatcher, ctx.events.timers),
    {
      method: 'GET',
      path: '/api/openapi.json',
      scope: 'none',
      handle() {
        description ??= JSON.stringify(openApiDocument())
        return { status: 200, headers: { 'content-type': JSON_TYPE }, body: description }
      },
    },
  ]
}

type Service = { ctx: DaemonContext; dispatcher: Dispatcher; route: RestRoute; nobody: Caller }

async function answer(
  { ctx, dispatcher, route: asked, nobody }: Service,
  request: HttpRequest,
): Promise<HttpReply> {
  const input = await readInput(asked, request)
  const route = asked.instead(input) ?? asked
  const caller = route.scope === 'none' ? nobody : request.caller
  const call: Call = (method, params) => dispatcher.callAs(caller, method, params)
  const before = route.before(input)
  const isForced = route.isCached && asksForDisk(input)
  const refresh = (what: object) => call('cache.refresh', { force: true, ...projectIn(what) })
  const isFirst = Object.keys(before).length > 0
  if (isForced && isFirst) await refresh({})
  const found = await callAll(call, before)
  const params = route.ask(input, found)
  // What cannot be asked is said before anything is done.
  const besides = route.beside(input, found)
  const wasFilled = ctx.refresher.filled
  if (isForced && !isFirst) await refresh(params)
  const [result, beside] = await callBoth(
    () => call(route.rpc, params),
    () => callAll(call, besides),
    methods[route.rpc].kind === 'command',
  )
  const lastRefreshAt = route.isCached ? selectLastRefresh(ctx.db) : null
  const facts: RestFacts = { isHit: wasFilled && !isForced, lastRefreshAt, beside, found }
  const { status } = route
  if (status === 204) return { status }
  const reply = route.toReply(result, input, facts)
  if (route.reply === null) {
    const { text, contentType } = reply as { text: string; contentType: string }
    return { status, headers: { 'content-type': contentType }, body: text }
  }
  const headers = { 'content-type': JSON_TYPE, ...(route.isCached && cacheHeaders(facts)) }
  return { status, headers, body: JSON.stringify(reply) }
}

/** Of a project alone only that is read again. */
function projectIn(params: object): { project?: unknown } {
  return 'project' in params ? { project: params.project } : {}
}

function cacheHeaders({ isHit, lastRefreshAt }: RestFacts): Record<string, string> {
  return {
    'x-cache-hit': isHit ? 'hit' : 'miss',
    ...(lastRefreshAt !== null && { 'x-cache-last-fetched': new Date(lastRefreshAt).toISOString() }),
  }
}
