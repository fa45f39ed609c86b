/** Which request the code that runs now works for; whatever it logs carries the id, however deep it is. */
import { AsyncLocalStorage } from 'node:async_hooks'

const scope = new AsyncLocalStorage<string>()

/** Runs `work`, and everything it starts, as part of the request with this id. */
export function inRequest<Result>(requestId: string, work: () => Result): Result {
  return scope.run(requestId, work)
}

/** The id of the request that is worked on; undefined outside of one. */
export const currentRequest = (): string | undefined => scope.getStore()
