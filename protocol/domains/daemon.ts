/** The daemon itself: handshake, state, end; and the description of the protocol. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, DurationMs, EpochMs } from '../primitives.ts'

export const HealthWarning = lazily(() =>
  z.object({
    /** Stable, e.g. `cache.rebuilt`; all are in docs/operations/troubleshooting.md. */
    code: z.string(),
    severity: z.enum(['error', 'warning', 'info']),
    /** A few words, for headings. */
    title: z.string(),
    text: z.string(),
    /** What to do about it. */
    fix: z.string(),
    raisedAt: EpochMs,
  }),
)

export const DaemonStatus = lazily(() =>
  z.object({
    pid: z.int(),
    /** Random, new with every start. */
    instance: z.string(),
    /** Version of smd; informative only. */
    version: z.string(),
    protocol: z.int(),
    uptimeMs: DurationMs,
    socket: z.string(),
    projects: z.int().nonnegative(),
    artifacts: z.int().nonnegative(),
    cache: z.object({
      /** `file`, or `memory` when the data folder cannot be written. */
      storage: z.enum(['file', 'memory']),
      path: AbsolutePath,
      sizeBytes: z.int().nonnegative(),
      lastRefreshAt: EpochMs.nullable(),
      refreshing: z.boolean(),
    }),
    /** How changes of files are noticed; null where nothing is watched. */
    watch: z
      .object({
        /** Folders with a watch. */
        folders: z.int().nonnegative(),
        /** Projects, plugins, collections and the user's own folders that are followed. */
        units: z.int().nonnegative(),
        /** Of those, read at intervals because they cannot be watched. */
        scanUnits: z.int().nonnegative(),
      })
      .nullable(),
    /** Where the page is served; null where it is not, and for a moment after the start. */
    web: z.object({ url: z.string() }).nullable(),
    /** `ok` without warnings of severity error or warning. */
    health: z.object({ state: z.enum(['ok', 'degraded', 'failing']), warnings: z.array(HealthWarning()) }),
  }),
)

export const daemonMethods = {
  'daemon.hello': defineMethod({
    summary: 'First message of every connection: agree on the protocol version.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        protocol: z.object({ min: z.int().min(1), max: z.int().min(1) }),
        /** Who asks, e.g. `smd-cli/0.1.0`. */
        client: z.string().max(200),
        /** Optional features the client can use; unknown ones are ignored. */
        capabilities: z.array(z.string()).optional(),
        /** Folder the client works in; a project found there is added to the known ones. */
        cwd: z.string().max(4096).optional(),
      }),
    result: () =>
      z.object({
        protocol: z.int(),
        capabilities: z.array(z.string()),
        instance: z.string(),
        version: z.string(),
        limits: z.object({ frameBytes: z.int(), batch: z.int() }),
      }),
    errors: ['protocol.version'],
  }),
  'daemon.status': defineMethod({
    summary: 'Who the daemon is, how long it runs, what it holds and how it is.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () => DaemonStatus(),
    errors: [],
  }),
  'daemon.metrics': defineMethod({
    summary: 'Figures of the process, requests, cache and health, in the text format of Prometheus.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        /** Content type that an HTTP server would send with it. */
        contentType: z.string(),
        text: z.string(),
      }),
    errors: [],
  }),
  'daemon.stop': defineMethod({
    summary: 'End the daemon: what runs is finished within 10 s, then the socket disappears.',
    kind: 'command',
    scope: 'admin',
    since: 1,
    params: () =>
      z.object({
        /** Only when it is not at work for anybody else (capability `stop.if-idle`). */
        ifIdle: z.boolean().default(false),
      }),
    result: () => z.object({ pid: z.int(), instance: z.string() }),
    errors: ['daemon.busy'],
  }),
  'rpc.discover': defineMethod({
    summary: 'The OpenRPC document of this protocol.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () => z.looseObject({ openrpc: z.string() }),
    errors: [],
  }),
}
