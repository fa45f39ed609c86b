import { SmdError } from '../../../protocol/errors.ts'
import type { AccessScope } from '../../../protocol/vocabulary.ts'
import type { Caller, RequestContext } from '../rpc/request.ts'

export type HttpCaller = Caller & {
  /** Gives up what it asked for, because nobody waits for the answer any more. */
  leave(): void
}

/** Who asks by one HTTP request: the answer is all it can be told. */
export function httpCaller(name: string, scope: AccessScope): HttpCaller {
  const gone = new AbortController()
  const open = new Map<string | number, RequestContext>()
  return {
    name,
    scope,
    greeted: true,
    open,
    gone: gone.signal,
    notify: () => false,
    taken: async () => undefined,
    leave() {
      const reason = new SmdError('request.cancelled')
      for (const request of open.values()) request.abort(reason)
      gone.abort(reason)
    },
  }
}
