/** HTTP, put together: loaded soon after the daemon serves its socket, since most of its life begins without a browser. */
import { readFileSync } from 'node:fs'
import type { DaemonContext } from './context.ts'
import { withFirstAnswers } from './domains/web/first-answers.ts'
import { removeLinkFiles } from './domains/web/link-files.ts'
import { serveRest } from './domains/web/rest-routes.ts'
import { tokenSource } from './domains/web/token-identity.ts'
import { isWebFolderFixed, webFolder } from './entries.ts'
import { atomicWriteFile } from './kernel/fs/atomic-write.ts'
import { normaliseBasePath } from './kernel/http/base-path.ts'
import { FailedProofs } from './kernel/http/failed-proofs.ts'
import { createHttpServer } from './kernel/http/http-server.ts'
import type { IdentitySource } from './kernel/http/identity.ts'
import { type KnownPort, listenOnLoopback } from './kernel/http/listen.ts'
import type { Route } from './kernel/http/route.ts'
import { rpcRoute } from './kernel/http/rpc-route.ts'
import { sessionCookie, sessionSource } from './kernel/http/session-cookie.ts'
import { sessionRoutes } from './kernel/http/session-routes.ts'
import { readWebFiles } from './kernel/http/web-files.ts'
import { createWebSockets } from './kernel/http/web-socket.ts'
import type { Dispatcher } from './kernel/rpc/dispatch.ts'

/** How long pages may take to read their last answers when the daemon ends, ms. */
const DRAIN_MS = 1_000

export type HttpService = {
  /** Ends connections when their last answers were taken, or after a moment. */
  end(): Promise<void>
}

/**
 * Serves the page and the interfaces over HTTP, on this machine alone, and says so in `ctx.web`.
 * Errors: those of the system when no port can be had.
 */
export async function serveHttp(
  ctx: DaemonContext,
  dispatcher: Dispatcher,
  onConnections: (open: number) => void,
): Promise<HttpService> {
  const { web, settings, paths, log, health } = ctx
  const { port: wanted, base_path } = settings.current.web
  const basePath = normaliseBasePath(base_path)
  const files = readWebFiles(webFolder, basePath, !isWebFolderFixed)
  const sockets = createWebSockets(dispatcher, {
    onConnections(open) {
      web.connections = open
      onConnections(open)
    },
  })
  let port = 0
  const cookie = sessionCookie({ port: () => port, basePath, days: () => settings.current.web.session_days })
  const sources: IdentitySource[] = [sessionSource(web.sessions, cookie), tokenSource(ctx.tokens)]
  const { sessions, codes } = web
  const routes: Route[] = [
    ...sessionRoutes({ sessions, codes, cookie }),
    rpcRoute(dispatcher),
    ...serveRest(ctx, dispatcher),
  ]
  const failedProofs = new FailedProofs(() => performance.now())
  ctx.metrics.failedProofs = failedProofs.counts
  const server = createHttpServer({
    basePath,
    routes,
    sources,
    page: (asked) =>
      withFirstAnswers(dispatcher, asked, files.reply(asked.path, asked.request, asked.isNavigation)),
    failedProofs,
    webSocket: { path: '/ws', scope: 'read', accept: sockets.accept },
    log,
    logFile: paths.logFile,
  })
  await removeLinkFiles(paths.runtimeDir).catch((error) =>
    log.warn('files of a former daemon were not removed', { error: String(error) }),
  )
  const known = readKnownPort(paths.webPortFile)
  const listening = await listenOnLoopback(server.createServer, wanted, known)
  port = listening.port
  server.serve(port)
  const isMoved = wanted !== 0 && port !== wanted
  if (isMoved && known?.port !== port) health.warn('web.port_moved', { wanted, port })
  // Another port the next time is no reason not to serve now.
  await atomicWriteFile(paths.webPortFile, `${JSON.stringify({ wanted, port } satisfies KnownPort)}\n`).catch(
    (error) => log.warn('the port was not noted', { error: String(error) }),
  )
  const url = `http://${listening.hosts[0]}${port === 80 ? '' : `:${port}`}${basePath}`
  web.served(url, isMoved ? `port ${wanted} was taken` : null)
  log.info('page served', { url })
  return {
    async end() {
      await Promise.all([sockets.end(DRAIN_MS), server.end(DRAIN_MS), sessions.settled])
    },
  }
}

/** Null when there is none yet, or what stands there is none. */
function readKnownPort(file: string): KnownPort | null {
  try {
    const { wanted, port } = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isInteger(wanted) && Number.isInteger(port) ? { wanted, port } : null
  } catch {
    return null
  }
}
