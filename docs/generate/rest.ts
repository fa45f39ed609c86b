import type { ErrorSlug } from '../../protocol/errors.ts'
import { errorsOf, pathOf } from '../../protocol/openapi.ts'
import { jsonSchema } from '../../protocol/openrpc.ts'
import type { RestRoute } from '../../protocol/rest/route.ts'
import { restRoutes } from '../../protocol/rest.ts'
import { artifactTypes, projectStatuses } from '../../protocol/vocabulary.ts'
import { anchor, code, page, table } from './markdown.ts'
import { defaultOf, rangeOf } from './methods.ts'
import { type SchemaNode, typeText } from './type-text.ts'

const words = { ArtifactType: artifactTypes, ProjectStatus: projectStatuses }

export function restPage(): string {
  return page({
    title: 'REST interface',
    description: 'Every path of the REST interface: parameters, reply, failures.',
    source: 'protocol/rest',
    body: [
      'How to use it, with examples: [HTTP](../operations/http.md). The same as an OpenAPI document:',
      '[openapi.json](openapi.json), served at `/api/openapi.json`. Members may be added in later versions, so ignore',
      'what you do not know. Times are ISO 8601 in UTC. [`GET /api/v1/events`](../operations/http.md#events) is a stream,',
      'and so is `GET /api/v1/analytics/stream`, which tells the summary every `interval_seconds` (10).',
      '',
      ...table(
        ['Path', 'Scope', 'Method', 'What it does'],
        restRoutes.map((route) => [
          `[${code(titleOf(route))}](#${anchor(titleOf(route))})`,
          route.scope === 'none' ? 'everybody' : route.scope,
          [route.rpc, ...(route.orRpc ? [route.orRpc] : [])].map(methodLink).join(' or '),
          route.summary,
        ]),
      ),
      ...restRoutes.flatMap(section),
    ],
  })
}

const methodLink = (name: string): string => `[${code(name)}](methods.md#${anchor(name)})`

const titleOf = (route: RestRoute): string => `${route.method} ${pathOf(route)}`

function section(route: RestRoute): string[] {
  const { summary, query, body, isCached } = route
  return [
    `## ${titleOf(route)}`,
    '',
    summary,
    '',
    ...parameters('Query', jsonSchema(query, 'input') as SchemaNode),
    ...(body ? parameters('Body', jsonSchema(body, 'input') as SchemaNode) : []),
    ...(isCached
      ? ['The headers `X-Cache-Hit` and `X-Cache-Last-Fetched` say where the answer comes from.', '']
      : []),
    ...replySection(route),
    `Fails with ${errorsOf(route).map(errorLink).join(', ')}.`,
    '',
  ]
}

function replySection({ status, reply }: RestRoute): string[] {
  if (status === 204) return ['Reply: 204, without a body.', '']
  if (!reply) return ['Reply: plain text.', '']
  const heading = status === 200 ? 'Reply:' : `Reply, with the status ${status}:`
  return [heading, '', '```ts', replyText(jsonSchema(reply, 'output') as SchemaNode), '```', '']
}

function parameters(place: string, { properties = {}, required = [] }: SchemaNode): string[] {
  const entries = Object.entries(properties) as Array<[string, SchemaNode & { description?: string }]>
  if (entries.length === 0) return []
  return table(
    [place, 'Type', 'Default', 'Meaning'],
    entries.map(([name, schema]) => [
      code(name),
      code(typeText(schema, { words, comments: new Map(), indent: null })),
      required.includes(name) ? 'required' : defaultOf(schema),
      [schema.description, rangeOf(schema)].filter(Boolean).join(' '),
    ]),
  )
}

/** With what members mean, as the schema describes them. */
function replyText(schema: SchemaNode): string {
  const comments = new Map<string, string>()
  const collect = (node: SchemaNode & { description?: string }, name?: string): void => {
    if (name !== undefined && node.description !== undefined) comments.set(name, node.description)
    for (const [key, value] of Object.entries(node.properties ?? {})) collect(value, key)
    if (node.items) collect(node.items)
  }
  collect(schema)
  return typeText(schema, { words, comments, indent: '' })
}

const errorLink = (slug: ErrorSlug): string => `[${code(slug)}](errors.md#table)`
