import type { z } from 'zod'
import type { ErrorSlug } from './errors.ts'
import type { AccessScope } from './vocabulary.ts'

/** A method of the protocol: the only place where its name's shape, kind and failures are written down. */
export type Method<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> = {
  /** One sentence, for the reference and for `rpc.discover`. */
  readonly summary: string
  /** `query` reads and changes nothing, also outside of the cache; `command` may change something. */
  readonly kind: 'query' | 'command'
  /** What a caller needs who does not come through the socket: see `accessScopes`. */
  readonly scope: AccessScope
  /** Protocol version that introduced it. */
  readonly since: number
  readonly params: Params
  readonly result: Result
  /** Its answer lets somebody in: it is told once and kept in no file. */
  readonly secret: boolean
  /** Failures of its own, beside those any method may have. */
  readonly errors: readonly ErrorSlug[]
}

/** As written in a domain's table: the schemas are built when somebody first looks at them. */
type MethodSource<Params extends z.ZodType, Result extends z.ZodType> = Omit<
  Method<Params, Result>,
  'params' | 'result' | 'scope' | 'secret'
> & {
  params: () => Params
  result: () => Result
  /** When it is more than its kind says: `read` for a query, `write` for a command. */
  scope?: 'admin'
  secret?: true
}

/**
 * Keeps the schema types of one method; the name is its key in the domain's table.
 * A daemon validates the parameters of the methods it is asked for and no results, so building all schemas at start
 * would cost it 10 ms and some memory for nothing.
 */
export function defineMethod<Params extends z.ZodType, Result extends z.ZodType>({
  params,
  result,
  ...rest
}: MethodSource<Params, Result>): Method<Params, Result> {
  const lazyParams = lazily(params)
  const lazyResult = lazily(result)
  return {
    ...rest,
    scope: rest.scope ?? (rest.kind === 'query' ? 'read' : 'write'),
    secret: rest.secret ?? false,
    get params() {
      return lazyParams()
    },
    get result() {
      return lazyResult()
    },
  }
}

/** `make`, called once and only when needed. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
