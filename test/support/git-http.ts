/** A real git server over HTTP: `git http-backend` behind a loopback server. */
import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { type Loopback, listen } from './loopback-server.ts'

export type GitServer = Loopback & {
  /** Bytes of packs and lists sent so far. */
  sentBytes: number
  /** False: as an old server, that hands out only what has a name. */
  speaksVersion2: boolean
  /** `user:password` that is asked for. */
  credentials: string | null
}

/** Serves the repositories below a folder, until the test is over. Each has to allow it: `http.uploadpack` does by default. */
export async function serveGit(root: string): Promise<GitServer> {
  const { server, close } = await listenGit(root)
  onTestFinished(close)
  return server
}

/** As `serveGit`, until it is closed: for all tests of a file. */
export async function listenGit(root: string): Promise<{ server: GitServer; close(): Promise<void> }> {
  const { loopback, close } = await listen((request, response) => {
    const given = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
    if (server.credentials === null || given.toString() === server.credentials)
      backend(server, root, request, response)
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
  })
  const server: GitServer = Object.assign(loopback, { sentBytes: 0, speaksVersion2: true, credentials: null })
  return { server, close }
}

/** The Common Gateway Interface, as far as git uses it. */
function backend(server: GitServer, root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', server.origin)
  const { headers } = request
  const child = spawn('git', ['http-backend'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      ...(headers['content-length'] && { CONTENT_LENGTH: headers['content-length'] }),
      ...(server.speaksVersion2 && { GIT_PROTOCOL: String(headers['git-protocol'] ?? '') }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  request.pipe(child.stdin).on('error', () => undefined)
  let head = Buffer.alloc(0)
  let isBody = false
  child.stdout.on('data', (chunk: Buffer) => {
    server.sentBytes += chunk.length
    if (isBody) return void response.write(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    isBody = true
    const fields = head
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': '))
    const status = fields.find(([name]) => name === 'Status')?.[1]
    response.writeHead(Number.parseInt(status ?? '200', 10), Object.fromEntries(fields))
    response.write(head.subarray(end + 4))
  })
  child.once('close', () => response.end())
}
