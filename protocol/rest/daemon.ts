/** REST: the daemon itself. What needs no session says nothing but that it answers, since other users can ask, too. */
import { z } from 'zod'
import { defineRoute, type RestRoute } from './route.ts'

const healthWords = { ok: 'healthy', degraded: 'degraded', failing: 'unhealthy' } as const

const health = (path: string, id: string): RestRoute =>
  defineRoute({
    method: 'GET',
    path,
    id,
    tag: 'Daemon',
    summary: 'How the daemon is, in one word.',
    rpc: 'daemon.status',
    open: true,
    reply: () => z.object({ status: z.enum(['healthy', 'degraded', 'unhealthy']) }),
    ask: () => ({}),
    toReply: ({ health: { state } }) => ({ status: healthWords[state] }),
  })

const alive = (path: string, id: string): RestRoute =>
  defineRoute({
    method: 'GET',
    path,
    id,
    tag: 'Daemon',
    summary: 'Whether the daemon answers at all.',
    rpc: 'daemon.status',
    open: true,
    reply: () => z.object({ status: z.literal('alive') }),
    ask: () => ({}),
    toReply: () => ({ status: 'alive' as const }),
  })

const ready = (path: string, id: string): RestRoute =>
  defineRoute({
    method: 'GET',
    path,
    id,
    tag: 'Daemon',
    summary: 'Whether the cache can be asked; 503 while the daemon ends.',
    rpc: 'daemon.status',
    open: true,
    reply: () => z.object({ status: z.literal('ready') }),
    ask: () => ({}),
    toReply: () => ({ status: 'ready' as const }),
  })

export const daemonRoutes: RestRoute[] = [
  health('/health', 'getHealth'),
  alive('/health/live', 'getLiveness'),
  ready('/health/ready', 'getReadiness'),
  health('/api/v1/health', 'getHealthV1'),
  alive('/api/v1/health/live', 'getLivenessV1'),
  ready('/api/v1/health/ready', 'getReadinessV1'),

  defineRoute({
    method: 'GET',
    path: '/api/v1/version',
    id: 'getVersion',
    tag: 'Daemon',
    summary: 'Versions of smd and of its interfaces.',
    rpc: 'daemon.status',
    reply: () =>
      z.object({
        version: z.string(),
        api_version: z.literal('v1'),
        protocol: z.int().describe('Of the methods.'),
        uptime_seconds: z.number(),
      }),
    ask: () => ({}),
    toReply: ({ version, protocol, uptimeMs }) => ({
      version,
      api_version: 'v1' as const,
      protocol,
      uptime_seconds: uptimeMs / 1_000,
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/metrics',
    id: 'getMetrics',
    tag: 'Daemon',
    summary: 'Figures in the text format of Prometheus.',
    rpc: 'daemon.metrics',
    reply: null,
    ask: () => ({}),
    toReply: ({ text, contentType }) => ({ text, contentType }),
  }),
]
