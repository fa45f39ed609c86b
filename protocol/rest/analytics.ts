/** REST: what was done with artifacts (formats spec section 25). */
import { z } from 'zod'
import {
  artifactTypeOf,
  defineRoute,
  iso,
  isoOrNull,
  pageOf,
  placeList,
  placePage,
  type RestRoute,
  Time,
  TypeParam,
} from './route.ts'

export const analyticsRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/summary',
    id: 'getAnalyticsSummary',
    tag: 'Analytics',
    summary: 'What there is, and what was done with it.',
    rpc: 'analytics.summary',
    reply: () =>
      z.object({
        total_collections: z.int(),
        total_artifacts: z.int(),
        total_deployments: z.int(),
        total_events: z.int(),
        artifacts_by_type: z.record(z.string(), z.int()),
        recent_activity_count: z.int().describe('Of the last seven days.'),
        most_deployed_artifact: z.string().nullable(),
        last_activity: Time.nullable(),
      }),
    ask: () => ({}),
    beside: () => ({ 'collections.list': {}, 'cache.status': {}, 'deployments.list': { limit: 1 } }),
    toReply: ({ events, recent, mostDeployed, lastAt }, _, { beside }) => ({
      total_collections: beside['collections.list']?.items.length ?? 0,
      total_artifacts: beside['cache.status']?.artifacts ?? 0,
      total_deployments: beside['deployments.list']?.total ?? 0,
      total_events: events,
      artifacts_by_type: beside['cache.status']?.countsByType ?? {},
      recent_activity_count: recent,
      most_deployed_artifact: mostDeployed?.name ?? null,
      last_activity: isoOrNull(lastAt),
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/top-artifacts',
    id: 'listTopArtifacts',
    tag: 'Analytics',
    summary: 'Artifacts by how much was done with them, most first.',
    rpc: 'analytics.top',
    query: () => placePage().extend({ artifact_type: TypeParam.optional() }),
    reply: () =>
      placeList(
        z.object({
          artifact_name: z.string(),
          artifact_type: z.string(),
          deployment_count: z.int(),
          usage_count: z.int(),
          last_used: Time,
        }),
      ),
    ask: ({ query: { artifact_type } }) => {
      const type = artifactTypeOf(artifact_type)
      return { limit: 1_000, ...(type !== undefined && { type }) }
    },
    toReply: ({ items }, { query }) =>
      pageOf(
        items.map(({ name, type, deploys, total, lastAt }) => ({
          artifact_name: name,
          artifact_type: type,
          deployment_count: deploys,
          usage_count: total,
          last_used: iso(lastAt),
        })),
        query,
      ),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/trends',
    id: 'getTrends',
    tag: 'Analytics',
    summary: 'What was done over time, also where nothing was.',
    rpc: 'analytics.trends',
    query: () =>
      z.object({
        period: z.enum(['day', 'week', 'month']).default('day'),
        days: z.int().min(1).max(3_660).default(30),
      }),
    reply: () =>
      z.object({
        period_type: z.string(),
        start_date: Time.nullable(),
        end_date: Time.nullable(),
        data_points: z.array(
          z.object({
            timestamp: Time,
            period: z.string(),
            deployment_count: z.int(),
            usage_count: z.int(),
            unique_artifacts: z.int(),
            top_artifact: z.string().nullable(),
          }),
        ),
        total_periods: z.int(),
      }),
    ask: ({ query: { period, days } }) => ({ period, days }),
    toReply: ({ points }, { query: { period } }) => ({
      period_type: period,
      start_date: isoOrNull(points[0]?.at),
      end_date: isoOrNull(points.at(-1)?.at),
      data_points: points.map(({ at, events, deploys, artifacts, top }) => ({
        timestamp: iso(at),
        period,
        deployment_count: deploys,
        usage_count: events,
        unique_artifacts: artifacts,
        top_artifact: top,
      })),
      total_periods: points.length,
    }),
  }),
]
