import { z } from 'zod'
import { SmdError } from '../../../protocol/errors.ts'
import { type MethodName, methods } from '../../../protocol/methods.ts'

/**
 * Checks a method's parameters against its schema and fills in defaults.
 * A module of its own, because the validator is loaded only once the daemon listens.
 */
export function validateParams(method: MethodName, params: unknown): unknown {
  const checked = methods[method].params.safeParse(params)
  if (checked.success) return checked.data
  throw new SmdError('rpc.invalid_params', {
    reason: z.prettifyError(checked.error).replaceAll('\n', ' ').slice(0, 500),
  })
}
