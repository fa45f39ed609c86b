/** The log of the daemon: its last lines, and those to come. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { EpochMs } from '../primitives.ts'

export const LogLevelName = lazily(() => z.enum(['debug', 'info', 'warn', 'error']))

/** One line of the log. Secrets are hidden before it is written. */
export const LogEntry = lazily(() =>
  z.object({
    /** Null for text that is no line of the log, such as what a dying process printed. */
    loggedAt: EpochMs.nullable(),
    level: LogLevelName(),
    message: z.string(),
    /** Request that caused it, as its caller named it (`_meta.requestId`). */
    requestId: z.string().nullable(),
    fields: z.record(z.string(), z.unknown()),
  }),
)

const filter = () => ({
  /** Least severity. What is below the setting `log.level` was not written. */
  level: LogLevelName().default('debug'),
  /** Only lines of this request. */
  request: z.string().max(64).optional(),
})

export const logMethods = {
  'logs.read': defineMethod({
    summary: 'The last lines of the log that pass the filter, oldest first.',
    kind: 'query',
    since: 1,
    params: () => z.object({ ...filter(), limit: z.int().min(0).max(2_000).default(100) }),
    result: () => z.object({ items: z.array(LogEntry()), total: z.int().nonnegative() }),
    errors: [],
  }),
  'logs.follow': defineMethod({
    summary:
      'Send lines of the log as they are written, each as a notification logs.line, until the request is cancelled.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        ...filter(),
        /** Lines that were written before, sent first. */
        limit: z.int().min(0).max(2_000).default(0),
      }),
    /** Only where the request has no id; otherwise it ends with `request.cancelled`. */
    result: () => z.object({ followed: z.literal(false) }),
    errors: [],
  }),
}
