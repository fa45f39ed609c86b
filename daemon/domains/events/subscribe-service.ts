import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { NotificationParams } from '../../../protocol/notifications.ts'
import type { Topic } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { type Beginning, followEvents } from '../../kernel/events/follow.ts'
import type { RequestContext } from '../../kernel/rpc/request.ts'
import { freshnessOf, selectCacheCounts, selectLastRefresh } from '../cache/index.ts'

type Params = ParsedParamsOf<'events.subscribe'>

/**
 * Sends what happens until the caller wants no more or is gone. A connection has one such stream, since what it is sent
 * names no request.
 * Errors: `events.unknown_position` for an event that this daemon did not tell; `events.subscribed`; `daemon.stopping`
 * at the end of the daemon.
 */
export async function subscribe(
  ctx: DaemonContext,
  { topics, since }: Params,
  request: RequestContext,
): Promise<ResultOf<'events.subscribe'>> {
  const { closing, events } = ctx
  const { caller, signal } = request
  // Without an id nobody could end it, and a caller in this process hears nothing.
  if (![...caller.open.values()].includes(request)) return { followed: false }
  if (events.followers.has(caller)) throw new SmdError('events.subscribed')
  const beginning = beginningOf(ctx, since)
  const over = AbortSignal.any([signal, closing])
  // At once, so that the connection may be used for the next one.
  const leave = (): void => {
    events.followers.delete(caller)
    ctx.engine.keepReady(events.followers.size > 0)
  }
  over.addEventListener('abort', leave, { once: true })
  events.followers.add(caller)
  // Whoever looks on shall not wait for the start of a process with each change.
  ctx.engine.keepReady(true)
  const to = {
    wants: wanted(topics),
    snapshot: () => caller.notify('events.snapshot', snapshot(ctx)),
    event: (params: Parameters<typeof caller.notify>[1]) => caller.notify('events.event', params as never),
    gap: (params: NotificationParams<'events.gap'>) => caller.notify('events.gap', params),
    heartbeat: (params: NotificationParams<'events.heartbeat'>) => caller.notify('events.heartbeat', params),
    taken: () => caller.taken(),
  }
  await followEvents(events, beginning, to, over).finally(leave)
  if (closing.aborted) throw new SmdError('daemon.stopping')
  return { followed: false }
}

function beginningOf({ events, identity }: DaemonContext, since: Params['since']): Beginning {
  if (!since) return null
  const { instance, seq } = since
  if (instance !== identity.instance) return { missed: { from: seq + 1, to: null, reason: 'restarted' } }
  if (seq > events.head) throw new SmdError('events.unknown_position', { seq, head: events.head })
  return { after: seq }
}

function wanted(topics: Params['topics']): (topic: Topic) => boolean {
  if (!topics) return () => true
  const names = new Set<string>(topics)
  return (topic) => names.has(topic) || names.has(topic.slice(0, topic.indexOf('.')))
}

/** How things stand. Plan: the counts of `cache.status`. */
function snapshot(ctx: DaemonContext): NotificationParams<'events.snapshot'> {
  const { db, events, health, identity, now, refresher } = ctx
  const counts = selectCacheCounts(db, freshnessOf(ctx))
  return {
    instance: identity.instance,
    seq: events.head,
    at: now(),
    refresh: refresher.progress,
    lastRefreshAt: selectLastRefresh(db),
    projects: counts.projects,
    artifacts: counts.artifacts,
    outdatedArtifacts: counts.outdated,
    modifiedArtifacts: counts.modified,
    health: { state: health.state, warnings: health.warnings.map(({ code }) => code) },
  }
}
