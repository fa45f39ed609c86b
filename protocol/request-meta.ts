import { z } from 'zod'
import { lazily } from './method.ts'

/**
 * What a request says of itself: the reserved member `_meta` of its parameters, beside those of the method. All of it
 * may be left out, and members that are not named here are ignored.
 */
export const requestMetaSchema = lazily(() =>
  z.object({
    /** Names the request in the log and in an `internal` error. */
    requestId: z
      .string()
      .regex(/^[\w.:-]{1,64}$/)
      .optional(),
    /** After this long the caller wants no answer any more: it gets `request.deadline` then. */
    deadlineMs: z.int().min(1).max(86_400_000).optional(),
  }),
)

export type RequestMeta = z.output<ReturnType<typeof requestMetaSchema>>
