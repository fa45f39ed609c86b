import type { MethodName } from '../../../protocol/methods.ts'
import { openApiDocument } from '../../../protocol/openapi.ts'
import { type Calls, isForced, type RestFacts, type RestRoute } from '../../../protocol/rest/route.ts'
import { restRoutes } from '../../../protocol/rest.ts'
import type { DaemonContext } from '../../context.ts'
import type { HttpReply, HttpRequest, Route } from '../../kernel/http/route.ts'
import type { Dispatcher } from '../../kernel/rpc/dispatch.ts'
import { type Caller, localCaller } from '../../kernel/rpc/request.ts'
import { selectLastRefresh } from '../cache/index.ts'
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

async function answer({ ctx, dispatcher, route, nobody }: Service, request: HttpRequest): Promise<HttpReply> {
  const input = await readInput(route, request)
  const caller = route.scope === 'none' ? nobody : request.caller
  const call = (method: MethodName, params: unknown): Promise<unknown> =>
    dispatcher.callAs(caller, method, params)
  const params = route.ask(input)
  const wasFilled = ctx.refresher.filled
  const forced = route.isCached && isForced(input)
  if (forced) await call('cache.refresh', { force: true, ...projectIn(params) })
  const [result, beside] = await Promise.all([call(route.rpc, params), callAll(call, route.beside(input))])
  const lastRefreshAt = route.isCached ? selectLastRefresh(ctx.db) : null
  const facts: RestFacts = { isHit: wasFilled && !forced, lastRefreshAt, beside }
  const reply = route.toReply(result, input, facts)
  if (route.reply === null) {
    const { text, contentType } = reply as { text: string; contentType: string }
    return { status: 200, headers: { 'content-type': contentType }, body: text }
  }
  const headers = { 'content-type': JSON_TYPE, ...(route.isCached && cacheHeaders(facts)) }
  return { status: 200, headers, body: JSON.stringify(reply) }
}

/** Of a project alone only that is read again. */
function projectIn(params: object): { project?: unknown } {
  return 'project' in params ? { project: params.project } : {}
}

async function callAll(
  call: (method: MethodName, params: unknown) => Promise<unknown>,
  calls: Calls,
): Promise<RestFacts['beside']> {
  const names = Object.keys(calls) as MethodName[]
  const results = await Promise.all(names.map((name) => call(name, calls[name])))
  return Object.fromEntries(names.map((name, i) => [name, results[i]]))
}

function cacheHeaders({ isHit, lastRefreshAt }: RestFacts): Record<string, string> {
  return {
    'x-cache-hit': isHit ? 'hit' : 'miss',
    ...(lastRefreshAt !== null && { 'x-cache-last-fetched': new Date(lastRefreshAt).toISOString() }),
  }
}
