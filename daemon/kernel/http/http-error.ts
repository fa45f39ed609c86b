/** One shape for every failure over HTTP (formats spec section 24). */
import { SmdError } from '../../../protocol/errors.ts'
import type { Logger } from '../log/logger.ts'
import { newUniqueId } from '../unique-id.ts'
import { InvalidRequest } from './invalid-request.ts'
import type { HttpReply } from './route.ts'

/** Where bugs are written down. */
export type ErrorLog = { log: Pick<Logger, 'error'>; logFile: string }

/** Expected failures as they are; a bug gets a reference that stands in the log too, and no more (S8). */
export function errorReply(error: unknown, path: string, { log, logFile }: ErrorLog): HttpReply {
  if (error instanceof SmdError) return failureReply(error)
  const reference = newUniqueId().slice(0, 8)
  log.error('request failed', { path, reference, error: String((error as Error)?.stack ?? error) })
  return failureReply(new SmdError('internal', { reference, log: logFile }))
}

function failureReply(raised: SmdError): HttpReply {
  // Where the log lies is nobody's business who cannot read it (S8).
  const error =
    raised.slug === 'internal'
      ? new SmdError('internal', { reference: raised.details.reference ?? '', log: 'smd logs --level error' })
      : raised
  const { slug, message, hint, details, spec } = error
  const code = codes[spec.http]
  return {
    status: spec.http,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(spec.http === 401 && { 'www-authenticate': 'Bearer realm="smd"' }),
      ...(slug === 'http.method' && { allow: String(details.allowed) }),
    },
    body: `${JSON.stringify({
      error: slug,
      message,
      ...(code !== undefined && { code }),
      ...(Object.keys(details).length > 0 && { details }),
      ...(raised instanceof InvalidRequest && { validation_errors: raised.parts }),
      hint,
    })}\n`,
  }
}

/** The words that other managers have for failures (formats spec section 24), by status. */
const codes: Readonly<Record<number, string>> = {
  400: 'VALIDATION_FAILED',
  401: 'PERMISSION_DENIED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  422: 'VALIDATION_FAILED',
  500: 'INTERNAL_ERROR',
  507: 'INSUFFICIENT_STORAGE',
}
