import type { IncomingMessage, Server as NodeHttpServer, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SmdError } from '../../../protocol/errors.ts'
import { MAX_CONNECTIONS } from '../../../protocol/version.ts'
import type { AccessScope } from '../../../protocol/vocabulary.ts'
import type { Logger } from '../log/logger.ts'
import { inTurn, joinTurns, leaveTurns } from '../rpc/turn.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { belowBase } from './base-path.ts'
import { FailedProofs, type ProofKind } from './failed-proofs.ts'
import { checkHost, checkOrigin, checkUpgrade, ownHosts, type Purpose } from './guard.ts'
import { type HttpCaller, httpCaller } from './http-caller.ts'
import { errorReply } from './http-error.ts'
import { type IdentitySource, identify, type Visitor } from './identity.ts'
import { readBody } from './read-body.ts'
import { commonHeaders } from './reply-headers.ts'
import { type RequestHead, readHead } from './request-head.ts'
import { respond } from './respond.ts'
import type { HttpReply, HttpRequest, Route, StreamedReply } from './route.ts'
import { createRouter } from './router.ts'
import { whileLetIn } from './while-let-in.ts'

/** How long a client may take, ms. */
export type HttpTimes = {
  /** For the lines before the body. */
  headers: number
  /** For all of a request. */
  request: number
  /** Between two requests on a connection. */
  idle: number
  /** How often clients that take too long are looked for. */
  check: number
}

/** How long a client may go on sending what nobody wants, ms. */
const LINGER_MS = 1_000

const patience: HttpTimes = { headers: 10_000, request: 30_000, idle: 30_000, check: 5_000 }

/** A WebSocket that may be opened. */
export type Upgrade = {
  request: IncomingMessage
  socket: Duplex
  head: Buffer
  visitor: Visitor
  /** Aborted when the visitor is let in no longer. */
  out: AbortSignal
}

/** A request for a file of the page. */
export type AskedPage = {
  /** Below the base, still encoded. */
  path: string
  query: string
  request: IncomingMessage
  isNavigation: boolean
  /**
   * The one whose browser opens the page, when it is signed in and no other site made it do so; null otherwise. `leave`
   * gives up what it asked for, and `setCookie` has to go with the reply.
   */
  opener(): { caller: HttpCaller; setCookie: string | null } | null
}

export type HttpOptions = {
  /** As of `normaliseBasePath`. */
  basePath: string
  routes: readonly Route[]
  sources: readonly IdentitySource[]
  /** Answers what no route is for: the files of the page. */
  page(asked: AskedPage): HttpReply | StreamedReply
  /** Path below the base at which a WebSocket may be opened, what it needs, and who takes it. */
  webSocket: { path: string; scope: AccessScope; accept(upgrade: Upgrade): void }
  log: Logger
  logFile: string
  /** Who makes those wait that show wrong proofs. */
  failedProofs?: FailedProofs
  times?: Partial<HttpTimes>
  timers?: Timers
}

/** Servers that share everything but the address they listen on; one of them answers nothing before it listens. */
export type HttpServer = {
  /** One more server, which is not listening yet. */
  createServer(): Server
  /** From now on requests under these names of the port are answered. */
  serve(port: number): void
  /** Ends what is open; what is being answered gets `ms` to end by itself. */
  end(ms: number): Promise<void>
}

/**
 * Answers HTTP. In this order: is it asked under a name of ours, by a page of ours or by a program, by somebody who is
 * let in, for something that exists and that he may do. Only the page itself and the way in need no session.
 */
export function createHttpServer(options: HttpOptions): HttpServer {
  const { basePath, routes, sources, page, webSocket, log, logFile, timers = systemTimers } = options
  const times = { ...patience, ...options.times }
  const failedProofs = options.failedProofs ?? new FailedProofs(() => performance.now())
  const router = createRouter(routes)
  const sockets = new Set<Socket>()
  /** What listens until there is a client, and what answers from then on, at the same port. */
  const doors: Server[] = []
  const servers: NodeHttpServer[] = []
  let hosts: ReadonlySet<string> = new Set()

  /** Path below the base, as it came, without the query. Errors: `http.not_found`. */
  const pathOf = ({ target }: RequestHead): { path: string; query: string } => {
    const [whole = '', query = ''] = split(target, '?')
    const path = belowBase(basePath, whole)
    if (path === null) throw new SmdError('http.not_found', { path: whole.slice(0, 200) })
    return { path, query }
  }

  /** Another site may lead a browser here, but shall not even make the daemon look something up for it. */
  const openerOf = (head: RequestHead, gone: AbortSignal): ReturnType<AskedPage['opener']> => {
    const { isNavigation, fetchSite, method, proof } = head
    if (!isNavigation || method !== 'GET' || (fetchSite !== 'none' && fetchSite !== 'same-origin'))
      return null
    const visitor = identify(sources, proof)
    if (visitor?.kind !== 'session') return null
    const caller = httpCaller(`http ${visitor.name}`, visitor.scope)
    gone.addEventListener('abort', caller.leave, { once: true })
    return { caller, setCookie: visitor.setCookie }
  }

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    gone: AbortSignal,
  ): Promise<HttpReply | StreamedReply> => {
    const head = readHead(request)
    checkHost(head, hosts)
    if (`${head.target}/` === basePath) return { status: 308, headers: { location: basePath } }
    const { path, query } = pathOf(head)
    const purpose = purposeOf(path, head.isNavigation)
    checkOrigin(head, purpose)
    if (purpose === 'page') {
      return page({
        path,
        query,
        request,
        isNavigation: head.isNavigation,
        opener: () => openerOf(head, gone),
      })
    }
    const { route, params } = router.find(head.method, path)
    const visitor = identify(sources, head.proof)
    if (visitor === null && route.scope !== 'none') throw new SmdError('auth.required')
    if (visitor && route.scope !== 'none') checkScope(visitor, route.scope, `${route.method} ${route.path}`)
    if (visitor?.setCookie) response.setHeader('set-cookie', visitor.setCookie)
    const caller = httpCaller(`http ${visitor?.name ?? 'nobody'}`, visitor?.scope ?? 'read')
    gone.addEventListener('abort', caller.leave, { once: true })
    const reply = await route.handle({
      method: head.method,
      path: decodeURIComponent(path),
      params,
      query: new URLSearchParams(query),
      header: (name) => request.headersDistinct[name]?.join(', '),
      caller,
      visitor,
      proof: head.proof,
      body: () => readBody(request),
    } satisfies HttpRequest)
    if (!('stream' in reply)) return reply
    const { proof } = head
    const out = visitor && whileLetIn({ visitor, sources, proof }, timers, gone)
    out?.addEventListener('abort', caller.leave, { once: true })
    return { ...reply, stream: (to) => reply.stream({ ...to, gone: caller.gone }) }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const start = performance.now()
    const path = split(request.url ?? '', '?')[0] ?? ''
    try {
      const reply = await answer(request, response, gone.signal).catch(async (error) => {
        const wrong = wrongProof(error, request)
        if (wrong) await new Promise<void>((resolve) => timers.after(failedProofs.record(wrong), resolve))
        return errorReply(error, path, { log, logFile })
      })
      await respond(request, response, reply, gone.signal)
      // The rest of a body that nobody wants is thrown away for a moment: cut off at once, the client would not get to
      // read the reply.
      if (!request.complete) timers.after(LINGER_MS, () => request.complete || request.destroy())
    } catch (error) {
      // It broke off halfway: only the end of the connection can say so.
      log.warn('reply broken off', { path, error: String((error as Error)?.stack ?? error) })
      response.destroy()
    }
    log.debug('http', {
      method: request.method,
      path,
      status: response.statusCode,
      ms: performance.now() - start,
    })
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    try {
      const asked = readHead(request)
      checkHost(asked, hosts)
      const { path } = pathOf(asked)
      checkUpgrade(asked)
      if (path !== webSocket.path) throw new SmdError('http.not_found', { path: path.slice(0, 200) })
      const visitor = identify(sources, asked.proof)
      if (!visitor) throw new SmdError('auth.required')
      checkScope(visitor, webSocket.scope, `WebSocket ${path}`)
      const gone = new AbortController()
      socket.once('close', () => gone.abort())
      const out = whileLetIn({ visitor, sources, proof: asked.proof }, timers, gone.signal)
      webSocket.accept({ request, socket, head, visitor, out })
    } catch (error) {
      const wrong = wrongProof(error, request)
      const end = (): void => refuse(socket, errorReply(error, request.url ?? '', { log, logFile }))
      if (wrong) timers.after(failedProofs.record(wrong), end)
      else end()
    }
  }

  /** What Node knows of HTTP is loaded with the first client: until then it would take megabytes for nobody. */
  const createHttp = (): NodeHttpServer => {
    const { createServer } = process.getBuiltinModule('node:http')
    const server = createServer({
      // A missing one is refused like a wrong one, with a reason.
      requireHostHeader: false,
      headersTimeout: times.headers,
      requestTimeout: times.request,
      keepAliveTimeout: times.idle,
      connectionsCheckingInterval: times.check,
      // Others, such as to HTTP/2, are not taken up, and answered as if nobody had asked for it.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    })
    server.maxHeadersCount = 100
    server.on('connection', (socket) => {
      if (sockets.size >= MAX_CONNECTIONS) return void socket.destroy()
      sockets.add(socket)
      joinTurns()
      socket.once('close', () => {
        sockets.delete(socket)
        leaveTurns()
      })
    })
    server.on('request', (request, response) => inTurn(() => void handle(request, response)))
    server.on('upgrade', upgrade)
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(socket, unreadable(error)))
    return server
  }

  return {
    createServer() {
      const { createServer } = process.getBuiltinModule('node:net')
      const door = createServer()
      door.once('connection', (first) => {
        const server = createHttp()
        servers.push(server)
        // From the next one on it takes them itself; before it listens it would not look how long this one takes.
        server.listen(door, () => server.emit('connection', first))
      })
      doors.push(door)
      return door
    },
    serve(port) {
      hosts = ownHosts(port)
    },
    async end(ms) {
      const closed = [...servers, ...doors].map((server) => new Promise((resolve) => server.close(resolve)))
      for (const server of servers) server.closeIdleConnections()
      const cancel = timers.after(ms, () => {
        for (const socket of sockets) socket.destroy()
      })
      await Promise.all(closed)
      cancel()
    },
  }
}

/**
 * The files of the page are at all other paths. At `/health` monitors ask how the daemon is, and whoever goes there in a
 * browser wants the page of that name.
 */
function purposeOf(path: string, isNavigation: boolean): Purpose {
  if (/^\/(?:api|rpc|ws)(?:\/|$)/.test(path)) return 'interface'
  return /^\/health(?:\/|$)/.test(path) && !isNavigation ? 'interface' : 'page'
}

/** What was shown when somebody was not let in for it; a session that is over is nobody's guess. */
function wrongProof(error: unknown, { headers }: IncomingMessage): ProofKind | null {
  if (!(error instanceof SmdError)) return null
  if (error.slug === 'auth.code') return 'code'
  return error.slug === 'auth.required' && headers.authorization !== undefined ? 'token' : null
}

const ranks: Record<AccessScope, number> = { read: 0, write: 1, admin: 2 }

function checkScope({ scope }: Visitor, needed: AccessScope, what: string): void {
  if (ranks[scope] < ranks[needed]) throw new SmdError('auth.scope', { method: what, needed, scope })
}

function split(text: string, at: string): string[] {
  const index = text.indexOf(at)
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

/** What could not even be read as HTTP. */
function unreadable({ code }: NodeJS.ErrnoException): HttpReply {
  const error =
    code === 'HPE_HEADER_OVERFLOW'
      ? new SmdError('http.too_large', { limit: 16_384 })
      : new SmdError('http.invalid', {
          reason: code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'it took too long' : 'it is no HTTP',
        })
  const nowhere = { log: { error: () => undefined }, logFile: '' }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[code ?? ''] ?? 400
  return { ...errorReply(error, '', nowhere), status }
}

/** Answers on a connection that Node has handed over, and ends it. */
function refuse(socket: Duplex, { status, headers, body = '' }: HttpReply): void {
  if (!socket.writable) return void socket.destroy()
  const lines = Object.entries({
    ...commonHeaders,
    ...headers,
    'content-length': `${Buffer.byteLength(body as string)}`,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const { STATUS_CODES } = process.getBuiltinModule('node:http')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}
