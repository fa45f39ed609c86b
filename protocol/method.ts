import type { z } from 'zod'
import type { ErrorSlug } from './errors.ts'

/** A method of the protocol: the only place where its name's shape, kind and failures are written down. */
export type Method<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> = {
  /** One sentence, for the reference and for `rpc.discover`. */
  summary: string
  /** `query` reads and changes nothing, also outside of the cache; `command` may change something. */
  kind: 'query' | 'command'
  /** Protocol version that introduced it. */
  since: number
  params: Params
  result: Result
  /** Failures of its own, beside those any method may have. */
  errors: readonly ErrorSlug[]
}

/** Keeps the schema types of one method; the name is its key in the domain's table. */
export function defineMethod<Params extends z.ZodType, Result extends z.ZodType>(
  method: Method<Params, Result>,
): Method<Params, Result> {
  return method
}
