/** The HTTP server of the daemon on a port of its own, with routes of the test, and clients that send what they like. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { onTestFinished } from 'vitest'
import { normaliseBasePath } from '../../daemon/kernel/http/base-path.ts'
import { createHttpServer, type HttpOptions } from '../../daemon/kernel/http/http-server.ts'
import type { IdentitySource, Visitor } from '../../daemon/kernel/http/identity.ts'
import type { FakeTimers } from './fake-timers.ts'
import { recordLog } from './record-log.ts'

export type Answer = { status: number; headers: IncomingMessage['headers']; body: string }

export type AskOptions = {
  method?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

/** Asks one HTTP server, over IPv4, with exactly these headers beside a right `Host`. */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        )
        response.on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

/** Sends these bytes and answers all that comes until the server ends the connection. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port })
  let heard = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk
  })
  // Cut off while it still sends: what was heard before counts.
  socket.on('error', () => undefined)
  socket.write(text)
  await once(socket, 'close')
  return heard
}

/** Somebody who is let in when the header or cookie says so. */
export function knownVisitor(kind: Visitor['kind'], scope: Visitor['scope'], secret = 'open-sesame') {
  const end = new AbortController()
  const visitor: Visitor = {
    kind,
    name: `${kind} test`,
    scope,
    expiresAt: null,
    ended: end.signal,
    setCookie: null,
  }
  const source: IdentitySource = ({ bearer, cookie }) =>
    !end.signal.aborted && (kind === 'token' ? bearer : cookie('who')) === secret ? visitor : null
  return { visitor, source, end: () => end.abort() }
}

export type LabOptions = Partial<Omit<HttpOptions, 'timers'>> & {
  base?: string
  /** Time goes on only when the test says so. */
  clock?: FakeTimers | undefined
}

/** Serves until the test is over. */
export async function httpLab({ base = '/', clock, ...options }: LabOptions = {}) {
  const { log, lines } = recordLog()
  const server = createHttpServer({
    basePath: normaliseBasePath(base),
    routes: [],
    sources: [],
    page: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: 'the page' }),
    webSocket: { path: '/ws', scope: 'read', accept: ({ socket }) => void socket.destroy() },
    log,
    logFile: 'smd.log',
    ...(clock && { timers: clock.timers }),
    ...options,
  })
  const listener = server.createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  server.serve(port)
  onTestFinished(async () => {
    const ended = server.end(0)
    clock?.advance(0)
    await ended
  })
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    server,
    lines,
    ask: (path: string, asked?: AskOptions) => ask(port, path, asked),
    raw: (text: string) => sendRaw(port, text),
  }
}
