/** What the daemon sends unasked: JSON-RPC notifications, each a value like a method. */
import { z } from 'zod'
import { RefreshProgress } from './domains/cache.ts'
import { LogEntry } from './domains/logs.ts'
import { eventWith, HealthSummary } from './events.ts'
import { lazily } from './method.ts'
import { EpochMs } from './primitives.ts'

export type NotificationSpec<Params extends z.ZodType = z.ZodType> = {
  /** One sentence, for the reference. */
  readonly summary: string
  /** Protocol version that introduced it. */
  readonly since: number
  readonly params: Params
}

function defineNotification<Params extends z.ZodType>({
  params,
  ...rest
}: Omit<NotificationSpec<Params>, 'params'> & { params: () => Params }): NotificationSpec<Params> {
  const lazyParams = lazily(params)
  return {
    ...rest,
    get params() {
      return lazyParams()
    },
  }
}

export const notifications = {
  'daemon.closing': defineNotification({
    summary: 'The daemon ends this connection, and says why.',
    since: 1,
    params: () =>
      z.object({
        /** `stopping`: it shuts down. `too_slow`: this client did not take what was sent to it. */
        reason: z.enum(['stopping', 'too_slow']),
      }),
  }),
  'logs.line': defineNotification({
    summary: 'One line of the log, for a caller of logs.follow.',
    since: 1,
    params: () => LogEntry(),
  }),
  'events.snapshot': defineNotification({
    summary:
      'How things stand, for a caller of events.subscribe: the first of its stream, and what follows a gap. May know already of what the next events tell.',
    since: 1,
    params: () =>
      z.object({
        /** Of the daemon; another one numbers its events anew. */
        instance: z.string(),
        /** Number of the last event before it. */
        seq: z.int().nonnegative(),
        at: EpochMs,
        /** Null when none runs. */
        refresh: RefreshProgress().nullable(),
        lastRefreshAt: EpochMs.nullable(),
        projects: z.int().nonnegative(),
        artifacts: z.int().nonnegative(),
        outdatedArtifacts: z.int().nonnegative(),
        modifiedArtifacts: z.int().nonnegative(),
        health: HealthSummary(),
      }),
  }),
  'events.event': defineNotification({
    summary: 'Something has happened.',
    since: 1,
    params: () => eventWith({ seq: z.int().positive(), at: EpochMs }),
  }),
  'events.gap': defineNotification({
    summary: 'Events are missing, and will not be sent: a snapshot follows in their place.',
    since: 1,
    params: () =>
      z.object({
        /** Number of the first one that is missing, as counted by the instance that the caller named. */
        from: z.int().positive(),
        /** Number of the last one; null when another instance counted them. */
        to: z.int().positive().nullable(),
        /** `restarted`: they were of another daemon. `too_old`: they are not kept any more. */
        reason: z.enum(['restarted', 'too_old']),
      }),
  }),
  'events.heartbeat': defineNotification({
    summary: 'Nothing is lost: all events up to this number that the caller wants were sent. Every 15 s.',
    since: 1,
    params: () => z.object({ seq: z.int().nonnegative(), at: EpochMs }),
  }),
}

export type NotificationName = keyof typeof notifications
export type NotificationParams<Name extends NotificationName> = z.output<
  (typeof notifications)[Name]['params']
>
