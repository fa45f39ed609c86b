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

export const systemHandlers: Handlers<
  DaemonContext,
  | 'daemon.hello'
  | 'daemon.status'
  | 'daemon.stop'
  | 'rpc.discover'
  | 'config.list'
  | 'config.get'
  | 'config.set'
  | 'config.unset'
> = {
  'daemon.hello': hello,
  'daemon.status': daemonStatus,
  'daemon.stop': (ctx) => {
    ctx.stop()
    return { pid: ctx.identity.pid, instance: ctx.identity.instance }
  },
  'rpc.discover': () => openRpcDocument(),
  'config.list': (ctx) => ctx.settings.list(),
  'config.get': (ctx, { key }) => ctx.settings.get(key),
  'config.set': (ctx, { key, value }) => ctx.settings.setText(key, value),
  'config.unset': (ctx, { key }) => ctx.settings.unset(key),
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
    health: { state: ctx.health.state, warnings: ctx.health.warnings },
  }
}
