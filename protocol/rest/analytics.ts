/** REST: what was done with artifacts (formats spec section 25). */
import { z } from 'zod'
import { lazily } from '../method.ts'
import type { ResultOf } from '../methods.ts'
import {
  artifactTypeOf,
  type Calls,
  defineRoute,
  iso,
  isoOrNull,
  PageInfo,
  pageOf,
  placeList,
  placePage,
  type RestRoute,
  type Results,
  Time,
  TypeParam,
} from './route.ts'

const Summary = z.object({
  total_collections: z.int(),
  total_artifacts: z.int(),
  total_deployments: z.int(),
  total_events: z.int(),
  artifacts_by_type: z.record(z.string(), z.int()),
  recent_activity_count: z.int().describe('Of the last seven days.'),
  most_deployed_artifact: z.string().nullable(),
  last_activity: Time.nullable(),
})

export const besideSummary = (): Calls => ({
  'collections.list': {},
  'cache.status': {},
  'deployments.list': { limit: 1 },
})

export const summaryOf = (
  { events, recent, mostDeployed, lastAt }: ResultOf<'analytics.summary'>,
  beside: Results,
): z.input<typeof Summary> => ({
  total_collections: beside['collections.list']?.items.length ?? 0,
  total_artifacts: beside['cache.status']?.artifacts ?? 0,
  total_deployments: beside['deployments.list']?.total ?? 0,
  total_events: events,
  artifacts_by_type: beside['cache.status']?.countsByType ?? {},
  recent_activity_count: recent,
  most_deployed_artifact: mostDeployed?.name ?? null,
  last_activity: isoOrNull(lastAt),
})

/** Of the stream, which tells the same again and again. */
export const AnalyticsStreamQuery = lazily(() =>
  z.object({
    interval_seconds: z.int().min(1).max(3_600).default(10).describe('How long until it is told again.'),
  }),
)

const TopArtifact = z.object({
  artifact_name: z.string(),
  artifact_type: z.string(),
  deployment_count: z.int(),
  usage_count: z.int(),
  last_used: Time,
})

const topArtifactOf = ({
  name,
  type,
  deploys,
  total,
  lastAt,
}: ResultOf<'analytics.top'>['items'][number]): z.input<typeof TopArtifact> => ({
  artifact_name: name,
  artifact_type: type,
  deployment_count: deploys,
  usage_count: total,
  last_used: iso(lastAt),
})

const UsageEvent = z.object({
  id: z.int(),
  event_type: z.string(),
  artifact_name: z.string(),
  artifact_type: z.string(),
  collection_name: z.string().nullable(),
  project_path: z.string().nullable().describe('As `~/…`, or the last part of its path.'),
  timestamp: Time,
  metadata: z.record(z.string(), z.unknown()),
  outcome: z.string(),
})

const usageEventOf = ({
  id,
  event,
  name,
  type,
  collection,
  project,
  at,
  metadata,
  outcome,
}: ResultOf<'analytics.events'>['items'][number]): z.input<typeof UsageEvent> => ({
  id,
  event_type: event,
  artifact_name: name,
  artifact_type: type,
  collection_name: collection,
  project_path: project,
  timestamp: iso(at),
  metadata,
  outcome,
})

export const analyticsRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/summary',
    id: 'getAnalyticsSummary',
    tag: 'Analytics',
    summary: 'What there is, and what was done with it.',
    rpc: 'analytics.summary',
    reply: () => Summary,
    ask: () => ({}),
    beside: besideSummary,
    toReply: (result, _, { beside }) => summaryOf(result, beside),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/top-artifacts',
    id: 'listTopArtifacts',
    tag: 'Analytics',
    summary: 'Artifacts by how much was done with them, most first.',
    rpc: 'analytics.top',
    query: () => placePage().extend({ artifact_type: TypeParam.optional() }),
    reply: () => placeList(TopArtifact),
    ask: ({ query: { artifact_type } }) => {
      const type = artifactTypeOf(artifact_type)
      return { limit: 1_000, ...(type !== undefined && { type }) }
    },
    toReply: ({ items }, { query }) => pageOf(items.map(topArtifactOf), query),
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

  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/events',
    id: 'listAnalyticsEvents',
    tag: 'Analytics',
    summary: 'What was done, one by one, newest first.',
    rpc: 'analytics.events',
    query: () =>
      z.object({
        limit: z.int().min(1).max(1_000).default(100).describe('How many at most.'),
        after: z
          .string()
          .regex(/^[1-9]\d{0,14}$/)
          .optional()
          .describe('`end_cursor` of the page before.'),
        event_type: z.enum(['deploy', 'update', 'sync', 'remove', 'search', 'import', 'use']).optional(),
        artifact_name: z.string().min(1).max(1_000).optional(),
      }),
    reply: () => z.object({ items: z.array(UsageEvent), page_info: PageInfo.omit({ total_count: true }) }),
    ask: ({ query: { limit, after, event_type, artifact_name } }) => ({
      limit,
      ...(after !== undefined && { before: Number(after) }),
      ...(event_type !== undefined && { event: event_type }),
      ...(artifact_name !== undefined && { name: artifact_name }),
    }),
    toReply: ({ items, next }, { query: { after } }) => ({
      items: items.map(usageEventOf),
      page_info: {
        has_next_page: next !== null,
        has_previous_page: after !== undefined,
        start_cursor: after ?? null,
        end_cursor: next === null ? null : `${next}`,
      },
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/analytics/export',
    id: 'exportAnalytics',
    tag: 'Analytics',
    summary: 'All of it at once, to keep.',
    rpc: 'analytics.summary',
    query: () =>
      z.object({
        format: z.literal('json').default('json'),
        include_events: z.boolean().default(false),
        event_limit: z.int().min(1).max(10_000).default(5_000).describe('The newest ones.'),
      }),
    reply: () =>
      z.object({
        summary: Summary,
        top_artifacts: z.array(TopArtifact),
        events: z.array(UsageEvent).nullable().describe('Null unless they were asked for.'),
      }),
    ask: () => ({}),
    beside: ({ query: { include_events, event_limit } }) => ({
      ...besideSummary(),
      'analytics.top': { limit: 1_000 },
      ...(include_events && { 'analytics.events': { limit: event_limit } }),
    }),
    toReply: (result, _, { beside }) => ({
      summary: summaryOf(result, beside),
      top_artifacts: (beside['analytics.top']?.items ?? []).map(topArtifactOf),
      events: beside['analytics.events']?.items.map(usageEventOf) ?? null,
    }),
  }),
]
