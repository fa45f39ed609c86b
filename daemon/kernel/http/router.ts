import { SmdError } from '../../../protocol/errors.ts'
import type { Route } from './route.ts'

export type Match = { route: Route; params: Readonly<Record<string, string>> }

export type Router = {
  /**
   * The route for a request; HEAD is answered as GET. `path` as it came, still encoded, so that a slash within a value
   * stays one. Errors: `http.not_found`, `http.method`.
   */
  find(method: string, path: string): Match
}

/**
 * Routes by path, part by part. Where several paths fit, the one that says more counts, with the methods it has:
 * `/tags/search` is never the tag "search".
 */
export function createRouter(routes: readonly Route[]): Router {
  const table = [...Map.groupBy(routes, ({ path }) => path)]
    .map(([path, own]) => ({ parts: path.split('/'), own }))
    .sort((a, b) => (rankOf(a.parts) < rankOf(b.parts) ? -1 : 1))
  return {
    find(method, path) {
      const given = path.split('/').map(decode)
      for (const { parts, own } of table) {
        const params = match(parts, given)
        if (!params) continue
        const wanted = method === 'HEAD' ? 'GET' : method
        const route = own.find((each) => each.method === wanted)
        if (route) return { route, params }
        throw new SmdError('http.method', { path, method, allowed: allowed(own) })
      }
      throw new SmdError('http.not_found', { path: path.slice(0, 200) })
    },
  }
}

/** Sorts by how much parts say: a word, then any one part, then all the rest. */
const rankOf = (parts: readonly string[]): string =>
  parts.map((part) => (!part.startsWith(':') ? 'a' : part.endsWith('*') ? 'c' : 'b')).join('')

function match(parts: readonly string[], given: ReadonlyArray<string | null>): Record<string, string> | null {
  const takesRest = parts.at(-1)?.endsWith('*') === true
  if (takesRest ? given.length < parts.length : given.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [i, part] of parts.entries()) {
    const rest = part.endsWith('*') ? given.slice(i) : [given[i]]
    if (!rest.every((value) => value != null)) return null
    const value = rest.join('/')
    if (part.startsWith(':') && value !== '') params[part.slice(1).replace(/\*$/, '')] = value
    else if (part !== value) return null
  }
  return params
}

function allowed(routes: readonly Route[]): string {
  const methods = new Set(routes.map(({ method }): string => method))
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].toSorted().join(', ')
}

/** Null for what is not encoded as it should be, which no route has. */
function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
