import type { z } from 'zod'
import { jsonSchema } from '../../../protocol/openrpc.ts'
import type { RestInput, RestRoute } from '../../../protocol/rest/route.ts'
import { InvalidRequest } from '../../kernel/http/invalid-request.ts'
import type { HttpRequest } from '../../kernel/http/route.ts'

/** Checks what a request brings along and fills in defaults. Errors: `http.invalid`, with each part that is wrong. */
export async function readInput(route: RestRoute, request: HttpRequest): Promise<RestInput> {
  return {
    path: request.params,
    query: readQuery(route.query, request.query),
    body: await readBody(route, request),
  }
}

/** Names that are not known are ignored; of a name that comes twice the first counts. */
export function readQuery<Schema extends z.ZodObject>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  const given: Record<string, unknown> = {}
  for (const [name, type] of typesOf(schema)) {
    const text = query.get(name)
    if (text !== null) given[name] = typed(text, type)
  }
  const checked = schema.safeParse(given)
  if (checked.success) return checked.data
  throw InvalidRequest.of('query', checked.error)
}

async function readBody({ body: schema }: RestRoute, request: HttpRequest): Promise<unknown> {
  if (schema === null) return {}
  const checked = schema.safeParse(parse((await request.body()).toString('utf8'), request))
  if (checked.success) return checked.data
  throw InvalidRequest.of('body', checked.error)
}

/** No body is an object without members. */
function parse(text: string, request: HttpRequest): unknown {
  if (text.trim() === '') return {}
  // A form of another site can send any text, but not say that it is this.
  if (!/^application\/json *(?:;|$)/i.test(request.header('content-type') ?? '')) {
    throw new InvalidRequest([{ field: 'content-type', message: 'it must be application/json' }])
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidRequest([{ field: 'body', message: 'it is not valid JSON' }])
  }
}

const known = new WeakMap<z.ZodObject, ReadonlyArray<readonly [name: string, type: unknown]>>()

/** What each parameter is, by the names of JSON Schema. */
function typesOf(schema: z.ZodObject): ReadonlyArray<readonly [name: string, type: unknown]> {
  const before = known.get(schema)
  if (before) return before
  const { properties = {} } = jsonSchema(schema, 'input')
  const types = Object.entries(properties).map(([name, { type }]) => [name, type] as const)
  known.set(schema, types)
  return types
}

/** A text of the query as what it stands for; what is none stays a text, and is refused as such. */
function typed(text: string, type: unknown): unknown {
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text
  if (type === 'boolean') return { true: true, 1: true, false: false, 0: false }[text.toLowerCase()] ?? text
  return text
}
