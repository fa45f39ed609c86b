import type { ErrorDetails, ErrorSlug, WireError } from '../../../protocol/errors.ts'
import { CallError } from './call-error.ts'

/** What the page's own connection may fail with; the daemon sends its sentences along. */
const own: Partial<Record<ErrorSlug, readonly [text: string, hint: string]>> = {
  'daemon.unavailable': ['The daemon does not answer.', 'Start it: smd start'],
  'events.unsupported': ['This daemon sends no events.', 'Restart it: smd restart'],
}

/**
 * `SmdError` as the page has it: built in the place of protocol/errors.ts (vite.config.ts), whose table of every failure
 * would be a quarter of the code of the first view.
 */
export class SmdError extends CallError {
  constructor(slug: ErrorSlug, _details: ErrorDetails = {}) {
    const [text, hint] = own[slug] ?? [slug, '']
    super(slug, text, hint)
  }

  static fromWire({ message, data }: WireError): SmdError {
    const error = new SmdError(data?.slug ?? 'internal')
    error.message = message
    error.hint = data?.hint ?? ''
    return error
  }
}
