import { z } from 'zod'
import { SmdError } from '../../../protocol/errors.ts'
import { type MethodName, methods } from '../../../protocol/methods.ts'

/** Checks a method's parameters against its schema and fills in defaults; throws `rpc.invalid_params`. */
export function validateParams(method: MethodName, params: unknown): unknown {
  const checked = methods[method].params.safeParse(params)
  if (checked.success) return checked.data
  const reason = z.prettifyError(checked.error).replace(/\s+/g, ' ').slice(0, 500)
  throw new SmdError('rpc.invalid_params', { reason })
}
