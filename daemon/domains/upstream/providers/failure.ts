import { NetError } from '../../../kernel/net/net-error.ts'
import { RunError } from '../../../kernel/process/run-process.ts'
import { UpstreamError, type UpstreamFailure } from '../source.ts'

const reasons: Record<NetError['kind'], UpstreamFailure> = {
  offline: 'offline',
  unreachable: 'offline',
  broken: 'bad_answer',
  timeout: 'timeout',
  status: 'bad_answer',
  rate_limited: 'rate_limited',
  too_large: 'bad_answer',
  refused: 'bad_answer',
  bad_body: 'bad_answer',
}

const byStatus: Partial<Record<number, UpstreamFailure>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not_found',
  410: 'not_found',
  451: 'not_found',
}

/** What a failure means to somebody who asked for `what`; anything unforeseen stays as it is. */
export function asUpstreamError(error: unknown, what: string): unknown {
  if (error instanceof RunError) {
    if (error.kind === 'missing')
      return new UpstreamError('unsupported', `${what} needs git, which is not installed.`, { cause: error })
    const reason = error.kind === 'timeout' ? 'timeout' : 'bad_answer'
    return new UpstreamError(reason, `${what}: ${error.message}.`, { cause: error })
  }
  if (!(error instanceof NetError)) return error
  const { kind, status, retryAt } = error
  const reason = byStatus[status] ?? reasons[kind]
  const sentences: Partial<Record<UpstreamFailure, string>> = {
    not_found: `${what} is not there, or private.`,
    unauthorized: `${what} is not for us to see.`,
  }
  return new UpstreamError(reason, sentences[reason] ?? error.message, { retryAt, cause: error })
}
