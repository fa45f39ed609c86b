/** One shape for every failure over HTTP (formats spec section 24). */
import { SmdError } from '../../../protocol/errors.ts'
import type { Logger } from '../log/logger.ts'
import { newUniqueId } from '../unique-id.ts'
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

function failureReply(error: SmdError): HttpReply {
  const { slug, message, hint, details, spec } = error
  const about = Object.keys(details).length > 0 ? { details } : {}
  return {
    status: spec.http,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(spec.http === 401 && { 'www-authenticate': 'Bearer realm="smd"' }),
      ...(slug === 'http.method' && { allow: String(details.allowed) }),
    },
    body: `${JSON.stringify({ error: slug, message, ...about, hint })}\n`,
  }
}
