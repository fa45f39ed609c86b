import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { openRpcDocument } from '../../../protocol/openrpc.ts'
import {
  CAPABILITIES,
  MAX_BATCH,
  MAX_FRAME_BYTES,
  PROTOCOL_MIN,
  PROTOCOL_VERSION,
} from '../../../protocol/version.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import type { RequestContext } from '../../kernel/rpc/request.ts'
import { cacheSize, countTotals, selectLastRefresh } from '../cache/index.ts'
import { followLogs, readLogs } from './logs-service.ts'
import { daemonMetrics } from './metrics-service.ts'

export const systemHandlers: Handlers<
  DaemonContext,
  | 'daemon.hello'
  | 'daemon.status'
  | 'daemon.metrics'
  | 'logs.read'
  | 'logs.follow'
  | 'daemon.stop'
  | 'rpc.discover'
  | 'config.list'
  | 'config.get'
  | 'config.set'
  | 'config.unset'
> = {
  'daemon.hello': hello,
  'daemon.status': daemonStatus,
  'daemon.metrics': daemonMetrics,
  'logs.read': readLogs,
  'logs.follow': followLogs,
  'daemon.stop': stop,
  'rpc.discover': discover,
  'config.list': (ctx) => settings(ctx).list(),
  'config.get': (ctx, { key }) => settings(ctx).get(key),
  'config.set': (ctx, { key, value }) => settings(ctx).setText(key, value),
  'config.unset': (ctx, { key }) => settings(ctx).unset(key),
}

let description: ReturnType<typeof openRpcDocument> | undefined

/** Made once: it takes long, and each copy that waits for a slow client would take a megabyte. */
function discover(): ReturnType<typeof openRpcDocument> {
  description ??= openRpcDocument()
  return description
}

/** What reads and writes TOML is loaded when it is first needed, so not after the files were replaced. */
function settings(ctx: DaemonContext): DaemonContext['settings'] {
  if (ctx.packageChanged()) throw new SmdError('daemon.restart_needed')
  return ctx.settings
}

/** Errors: `daemon.busy` when it shall end only if it is idle, and is not. */
function stop(ctx: DaemonContext, { ifIdle }: ParsedParamsOf<'daemon.stop'>): ResultOf<'daemon.stop'> {
  const { pending } = ctx.refresher
  if (ifIdle && pending > 0) {
    throw new SmdError('daemon.busy', { work: 'it reads projects' })
  }
  ctx.stop()
  return { pid: ctx.identity.pid, instance: ctx.identity.instance }
}

/** The newest protocol both sides speak. Errors: `protocol.version` when there is none. */
function hello(
  ctx: DaemonContext,
  { protocol, client, cwd }: ParsedParamsOf<'daemon.hello'>,
  { caller }: RequestContext,
): ResultOf<'daemon.hello'> {
  if (protocol.max < PROTOCOL_MIN || protocol.min > PROTOCOL_VERSION) {
    throw new SmdError('protocol.version', {
      clientMin: protocol.min,
      clientMax: protocol.max,
      daemonVersion: ctx.identity.version,
      daemonMin: PROTOCOL_MIN,
      daemonMax: PROTOCOL_VERSION,
    })
  }
  if (!caller.greeted) caller.name = `${caller.name} ${client}`
  caller.greeted = true
  ctx.packageChanged()
  if (cwd !== undefined) notice(ctx, cwd)
  return {
    protocol: Math.min(protocol.max, PROTOCOL_VERSION),
    capabilities: [...CAPABILITIES],
    instance: ctx.identity.instance,
    version: ctx.identity.version,
    limits: { frameBytes: MAX_FRAME_BYTES, batch: MAX_BATCH },
  }
}

/**
 * Looks for a project where the client works. An empty cache is about to be filled and shall hold it; a filled one
 * answers the client first, since looking takes as long as an answer.
 */
function notice(ctx: DaemonContext, cwd: string): void {
  if (ctx.refresher.filled) setImmediate(() => ctx.refresher.noticeFolder(cwd))
  else ctx.refresher.noticeFolder(cwd)
}

function watchStatus({ watches }: DaemonContext): ResultOf<'daemon.status'>['watch'] {
  if (!watches) return null
  const { folders, units, scanUnits } = watches.state
  return { folders, units, scanUnits }
}

function daemonStatus(ctx: DaemonContext): ResultOf<'daemon.status'> {
  const { pid, instance, version, startedAt } = ctx.identity
  return {
    pid,
    instance,
    version,
    protocol: PROTOCOL_VERSION,
    uptimeMs: Math.max(0, ctx.now() - startedAt),
    socket: ctx.paths.socket,
    ...countTotals(ctx.db),
    cache: {
      storage: ctx.storage.kind,
      path: ctx.storage.path,
      sizeBytes: cacheSize(ctx.storage.path),
      lastRefreshAt: selectLastRefresh(ctx.db),
      refreshing: ctx.refresher.progress !== null,
    },
    watch: watchStatus(ctx),
    web: ctx.web.url === null ? null : { url: ctx.web.url },
    health: { state: ctx.health.state, warnings: ctx.health.warnings },
  }
}
