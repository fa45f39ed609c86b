import { z } from 'zod'
import { type ErrorSlug, errors } from './errors.ts'
import { lazily } from './method.ts'
import { jsonSchema } from './openrpc.ts'
import { AnalyticsStreamQuery } from './rest/analytics.ts'
import { type RestRoute, restTags } from './rest/route.ts'
import { restRoutes } from './rest.ts'
import { eventTopicGroups, eventTopics } from './vocabulary.ts'

/** Every failure has this shape. */
export const RestError = lazily(() =>
  z.object({
    error: z.string().describe('Stable, e.g. `project.not_found`.'),
    message: z.string(),
    code: z.string().optional().describe('The word that other managers have for it, e.g. `NOT_FOUND`.'),
    details: z.record(z.string(), z.unknown()).optional(),
    validation_errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Each part of the request that is not valid.'),
    hint: z.string().describe('What to do about it.'),
  }),
)

/** What any request may be refused with. */
const always: readonly ErrorSlug[] = [
  'http.host',
  'http.origin',
  'http.invalid',
  'internal',
  'daemon.stopping',
]
const withSession: readonly ErrorSlug[] = ['auth.required', 'auth.scope']

/** Failures of a route. */
export function errorsOf({ errors: own, scope, isCached, body }: RestRoute): ErrorSlug[] {
  const ofRefresh: ErrorSlug[] = isCached ? ['cache.read_only'] : []
  const ofBody: ErrorSlug[] = body ? ['http.too_large'] : []
  return [...new Set([...own, ...ofRefresh, ...ofBody, ...(scope === 'none' ? [] : withSession), ...always])]
}

/**
 * The REST interface as an OpenAPI 3.1 document, made from the table of routes.
 * Source: https://spec.openapis.org/oas/v3.1.0. `x-scope`, `x-method` and `x-or-method` are ours.
 */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of restRoutes) {
    const path = pathOf(route)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  paths['/api/v1/events'] = { get: eventStream() }
  paths['/api/v1/analytics/stream'] = { get: analyticsStream() }
  return {
    openapi: '3.1.0',
    info: {
      title: 'smd',
      // Of the interface. Which smd it is does not concern everybody who can ask for this.
      version: '1',
      description:
        'Served on this machine only. Programs send an access token (`smd token create NAME`), the page its session. What smd keeps nowhere, such as when a tag was made, the hash of a source or the description of a project, is left out, and not made up.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Below `web.base_path`.' }],
    security: [{ token: [] }, { session: [] }],
    tags: restTags.map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: jsonSchema(RestError(), 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made with `smd token create NAME`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'smd_session',
          description: 'Of a browser that `smd open` has signed in; the name ends with the port.',
        },
      },
    },
  }
}

/** `/api/v1/projects/{id}` */
export const pathOf = ({ path }: Pick<RestRoute, 'path'>): string => path.replace(/:(\w+)\*?/g, '{$1}')

function operation(route: RestRoute): Record<string, unknown> {
  const { id, tag, summary, rpc, orRpc, scope, status, body, reply, isCached } = route
  return {
    operationId: id,
    tags: [tag],
    summary,
    'x-method': rpc,
    ...(orRpc && { 'x-or-method': orRpc }),
    'x-scope': scope,
    ...(scope === 'none' && { security: [] }),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body && { requestBody: requestBody(jsonSchema(body, 'input')) }),
    responses: {
      [status]: {
        description: statusTexts[status],
        ...(isCached && { headers: cacheHeaders }),
        ...(status !== 204 && {
          content: reply
            ? { 'application/json': { schema: jsonSchema(reply, 'output') } }
            : { 'text/plain': { schema: { type: 'string' } } },
        }),
      },
      ...failures(errorsOf(route)),
    },
  }
}

/** No body is an object without members. */
const requestBody = (schema: ReturnType<typeof jsonSchema>): object => ({
  required: (schema.required ?? []).length > 0,
  content: { 'application/json': { schema } },
})

const statusTexts: Record<RestRoute['status'], string> = {
  200: 'What was asked for.',
  201: 'What was made.',
  204: 'It is done; there is nothing to say.',
}

const cacheHeaders = {
  'X-Cache-Hit': {
    description: 'Whether the cache answered, or the disk was read for it.',
    schema: { type: 'string', enum: ['hit', 'miss'] },
  },
  'X-Cache-Last-Fetched': {
    description: 'When the disk was last read as a whole.',
    schema: { type: 'string', format: 'date-time' },
  },
}

function pathParameters({ path }: RestRoute): object[] {
  return [...path.matchAll(/:(\w+)(\*?)/g)].map(([, name, rest]) => ({
    name,
    in: 'path',
    required: true,
    ...(rest && { description: 'All that follows; slashes may stand as they are.' }),
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: Pick<RestRoute, 'query'>): object[] {
  const { properties = {}, required = [] } = jsonSchema(query, 'input')
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }))
}

/** By status, with what each may mean. */
function failures(slugs: readonly ErrorSlug[]): Record<string, object> {
  const statuses = [...new Set(slugs.map((slug) => errors[slug].http))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: slugs
          .filter((slug) => errors[slug].http === status)
          .map((slug) => `\`${slug}\``)
          .join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  )
}

/** Failures of the stream of events. */
export const eventErrors: readonly ErrorSlug[] = ['events.unknown_position', ...withSession, ...always]

function eventStream(): Record<string, unknown> {
  return {
    operationId: 'streamEvents',
    tags: ['Events'],
    summary: 'What happens, as it happens, as server-sent events.',
    'x-method': 'events.subscribe',
    'x-scope': 'read',
    parameters: [
      {
        name: 'topics',
        in: 'query',
        required: false,
        description: `Only these, with commas between; the first word of a topic stands for all of its topics: ${[...eventTopics, ...eventTopicGroups].join(', ')}.`,
        schema: { type: 'string' },
      },
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        description: 'Id of the last event that is known; what came after it is sent first.',
        schema: { type: 'string' },
      },
    ],
    responses: { 200: stream, ...failures(eventErrors) },
  }
}

const stream = {
  description: 'A stream that does not end by itself.',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
}

function analyticsStream(): Record<string, unknown> {
  return {
    operationId: 'streamAnalytics',
    tags: ['Analytics'],
    summary: 'What `/api/v1/analytics/summary` tells, again and again, as server-sent events.',
    'x-method': 'analytics.summary',
    'x-scope': 'read',
    parameters: queryParameters({ query: AnalyticsStreamQuery() }),
    responses: { 200: stream, ...failures([...withSession, ...always]) },
  }
}
