import type { z } from 'zod'
import { SmdError } from '../../../protocol/errors.ts'

/** One part of a request that is not as it should be. */
export type InvalidPart = { field: string; message: string }

/** A query or body that a route cannot take: `http.invalid`, with each part that is wrong. */
export class InvalidRequest extends SmdError {
  readonly parts: readonly InvalidPart[]

  constructor(parts: readonly InvalidPart[]) {
    const [first] = parts
    const reason = first
      ? [first.field, first.message].filter((text) => text !== '').join(': ')
      : 'it is empty'
    super('http.invalid', { reason })
    this.parts = parts
  }

  /** From what the validator found in one place of the request. */
  static of(place: 'query' | 'body', { issues }: z.ZodError): InvalidRequest {
    return new InvalidRequest(
      issues.map(({ path, message }) => ({ field: [place, ...path].join('.'), message })),
    )
  }
}
