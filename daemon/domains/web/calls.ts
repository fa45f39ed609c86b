/** How routes of the REST interface ask methods. */
import type { MethodName } from '../../../protocol/methods.ts'
import type { Calls, Results } from '../../../protocol/rest/route.ts'

/** Asks one method as the client of a route. */
export type Call = (method: MethodName, params: unknown) => Promise<unknown>

/** What is asked besides a command is how things stand after it. */
export async function callBoth<First, Second>(
  first: () => Promise<First>,
  second: () => Promise<Second>,
  isCommand: boolean,
): Promise<[First, Second]> {
  return isCommand ? [await first(), await second()] : Promise.all([first(), second()])
}

/** Asks them all at the same time. */
export async function callAll(call: Call, calls: Calls): Promise<Results> {
  const names = Object.keys(calls) as MethodName[]
  const results = await Promise.all(names.map((name) => call(name, calls[name])))
  return Object.fromEntries(names.map((name, i) => [name, results[i]]))
}
