/** What a route of the REST interface is: data, from which the daemon serves it and its description is made. */
import { z } from 'zod'
import type { ErrorSlug } from '../errors.ts'
import { lazily } from '../method.ts'
import { type MethodName, methods, type ParamsOf, type ResultOf } from '../methods.ts'
import { ProjectRef } from '../primitives.ts'
import { type AccessScope, artifactTypes } from '../vocabulary.ts'

/** What a request brings along, checked. */
export type RestInput<Query = unknown, Body = unknown> = {
  /** Values of the `:name` parts of the path. */
  path: Readonly<Record<string, string>>
  query: Query
  body: Body
}

/** What else a reply may need to know. */
export type RestFacts = {
  /** Answered from the cache; false when the disk was read for it. */
  isHit: boolean
  /** When the disk was last read as a whole, Unix ms; null before. */
  lastRefreshAt: number | null
  /** The results of `beside`. */
  beside: Results
  /** The results of `before`. */
  found: Results
}

/** Parameters of further methods. */
export type Calls = { [Name in MethodName]?: ParamsOf<Name> }

/** What routes are about, in the order of the description. */
export const restTags = [
  'Cache',
  'Projects',
  'Artifacts',
  'Collections',
  'Deployments',
  'Snapshots',
  'Analytics',
  'Events',
  'Daemon',
] as const
type RestTag = (typeof restTags)[number]

/** Results of methods that were asked besides. */
export type Results = { [Name in MethodName]?: ResultOf<Name> }

export type RestRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the base path, e.g. `/api/v1/projects/:id`; a last part `:name*` takes all that follows. */
  readonly path: string
  /** Of a reply that is no failure: 201 for something made, 204 for a reply without a body. */
  readonly status: 200 | 201 | 204
  /** Unique, e.g. `listProjects`. */
  readonly id: string
  readonly tag: RestTag
  /** One sentence. */
  readonly summary: string
  /** The method that answers. */
  readonly rpc: MethodName
  /** The one that answers where `instead` says so; null: there is none. */
  readonly orRpc: MethodName | null
  /** What the caller needs; `none` is for everybody, and the method is called in the daemon's own name. */
  readonly scope: AccessScope | 'none'
  /** Takes `force_refresh` and `refresh`, and says in headers whether the cache answered. */
  readonly isCached: boolean
  readonly query: z.ZodObject
  /** Null for requests without a body. */
  readonly body: z.ZodObject | null
  /** Null without a body (204), and for plain text: the member `text` of what `toReply` gives. */
  readonly reply: z.ZodType | null
  /** Failures, beside those that any request may have. */
  readonly errors: readonly ErrorSlug[]
  /** What has to be known before the method can be asked. */
  before(input: RestInput): Calls
  ask(input: RestInput, found: Results): object
  /** What else has to be known: asked at the same time as a query, and after a command. */
  beside(input: RestInput, found: Results): Calls
  toReply(result: unknown, input: RestInput, facts: RestFacts): unknown
  /** The route with another method that answers this request instead; null for all others. */
  instead(input: RestInput): RestRoute | null
}

type Source<Name extends MethodName, Query extends z.ZodObject, Body extends z.ZodObject, Reply> = Pick<
  RestRoute,
  'method' | 'path' | 'id' | 'tag' | 'summary'
> & {
  rpc: Name
  status?: 201 | 204
  open?: true
  isCached?: true
  query?: () => Query
  body?: () => Body
  reply: (() => Reply) | null
  /** Failures that are not those of `rpc`. */
  errors?: readonly ErrorSlug[]
  before?(input: RestInput<z.output<Query>, z.output<Body>>): Calls
  ask(input: RestInput<z.output<Query>, z.output<Body>>, found: Results): ParamsOf<Name>
  beside?(input: RestInput<z.output<Query>, z.output<Body>>, found: Results): Calls
  toReply(
    result: ResultOf<Name>,
    input: RestInput<z.output<Query>, z.output<Body>>,
    facts: RestFacts,
  ): Reply extends z.ZodType ? z.input<Reply> : { text: string; contentType: string } | null
  instead?: { when(input: RestInput<z.output<Query>, z.output<Body>>): boolean; route: RestRoute }
}

/** Keeps the types of one route together. Schemas are built when somebody first looks at them. */
export function defineRoute<
  Name extends MethodName,
  Reply extends z.ZodType | null,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(source: Source<Name, Query, Body, Reply>): RestRoute {
  const { open, isCached = false, status = 200, query, body, reply, instead, errors = [], ...rest } = source
  const { before = () => ({}), beside = () => ({}) } = source
  const lazyQuery = lazily((): z.ZodObject => {
    const own = query?.() ?? z.object({})
    return isCached ? own.extend(forcing) : own
  })
  const lazyBody = body && lazily(body)
  const lazyReply = reply && lazily(reply)
  return {
    ...(rest as unknown as RestRoute),
    isCached,
    status,
    orRpc: instead?.route.rpc ?? null,
    scope: open ? 'none' : methods[source.rpc].scope,
    errors: [...methods[source.rpc].errors, ...errors, ...(instead?.route.errors ?? [])],
    before: before as RestRoute['before'],
    beside: beside as RestRoute['beside'],
    instead: (input) => (instead?.when(input as never) ? instead.route : null),
    get query() {
      return lazyQuery()
    },
    get body() {
      return lazyBody?.() ?? null
    },
    get reply() {
      return lazyReply?.() ?? null
    },
  }
}

const forcing = {
  force_refresh: z.boolean().default(false).describe('Read the disk first; needs the scope write.'),
  refresh: z.boolean().default(false).describe('The same as `force_refresh`.'),
}

/** Whether a request of a cached route asks for the disk. */
export function asksForDisk({ query }: RestInput): boolean {
  const { force_refresh, refresh } = query as { force_refresh?: boolean; refresh?: boolean }
  return force_refresh === true || refresh === true
}

/** A moment, ISO 8601 in UTC. */
export const Time = z.string().meta({ format: 'date-time' })

/** Unix ms as ISO 8601. */
export const iso = (ms: number): string => new Date(ms).toISOString()
export const isoOrNull = (ms: number | null | undefined): string | null => (ms == null ? null : iso(ms))

/** Pages by number: `skip` rows are left out, then come at most `limit`. */
export const offsetPage = (usual = 100, most = 500) =>
  z.object({
    skip: z.int().min(0).max(10_000_000).default(0).describe('How many to leave out.'),
    limit: z.int().min(1).max(most).default(usual).describe('How many at most.'),
  })

export const offsetList = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: z.int().nonnegative().describe('All that match, whatever the page.'),
    skip: z.int().nonnegative(),
    limit: z.int().positive(),
  })

/** Where a page lies among all. */
export const PageInfo = z.object({
  has_next_page: z.boolean(),
  has_previous_page: z.boolean(),
  start_cursor: z.string().nullable().describe('The place before the first item; null at the beginning.'),
  end_cursor: z.string().nullable().describe('Where the next page begins; null at the end.'),
  total_count: z.int(),
})

/** Pages of what a method answers as a whole: the cursor is a place in it. */
export const placePage = () =>
  z.object({
    limit: z.int().min(1).max(500).default(50).describe('How many at most.'),
    after: z
      .string()
      .regex(/^\d{1,9}$/)
      .optional()
      .describe('`end_cursor` of the page before.'),
  })

export const placeList = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), page_info: PageInfo })

/** One page of all that there is. */
export function pageOf<Item>(
  all: readonly Item[],
  { limit, after }: { limit: number; after?: string | undefined },
) {
  const start = Number(after ?? 0)
  const end = start + limit
  const nextCursor = end < all.length ? `${end}` : null
  return { items: all.slice(start, end), page_info: pageInfoOf({ total: all.length, nextCursor }, after) }
}

/** Where the page of a method lies that came for the cursor `after`. */
export const pageInfoOf = (
  { total, nextCursor }: { total: number; nextCursor: string | null },
  after: string | undefined,
): z.input<typeof PageInfo> => ({
  has_next_page: nextCursor !== null,
  has_previous_page: after !== undefined,
  start_cursor: after ?? null,
  end_cursor: nextCursor,
  total_count: total,
})

/** One order of what has an order, where those that are named lie at their positions among the others. */
export function placedAt<Item>(
  present: readonly Item[],
  moved: ReadonlyArray<{ item: Item; position: number }>,
): Item[] {
  const order = present.filter((each) => !moved.some(({ item }) => item === each))
  for (const { item, position } of moved.toSorted((a, b) => a.position - b.position))
    order.splice(Math.min(position, order.length), 0, item)
  return order
}

export const CollectionParam = z.string().min(1).max(255).optional().describe('Default: the active one.')

/** What a method is asked with: nothing for what was not given. */
export const collectionIn = (name: string | undefined): { collection?: string } =>
  name === undefined ? {} : { collection: name }

export const ProjectParam = ProjectRef.describe('Id, path or name of a project.')

/** Also the name that other managers have for servers. */
export const TypeParam = z.enum([...artifactTypes, 'mcp_server']).describe('`mcp_server` means `mcp`.')
export type TypeParam = z.output<typeof TypeParam>

export const artifactTypeOf = (type: TypeParam | undefined): Exclude<TypeParam, 'mcp_server'> | undefined =>
  type === 'mcp_server' ? 'mcp' : type

/**
 * A project as clients of other managers name it, whose ids are its path in base64: those are understood as well
 * (formats spec section 30).
 */
export function projectRefOf(given: string): string {
  if (!/^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(given)) return given
  const path = Buffer.from(given, 'base64').toString('utf8')
  const isPath = /^(?:\/|[A-Za-z]:[\\/])[^\0\ufffd]+$/.test(path)
  const isWhole =
    Buffer.from(path).toString('base64url') ===
    given.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
  return isPath && isWhole ? path : given
}
