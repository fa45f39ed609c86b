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

/** Routes whose paths are all different are found by the path itself, others part by part; the first one wins. */
export function createRouter(routes: readonly Route[]): Router {
  const table = routes.map((route) => ({ route, parts: route.path.split('/') }))
  return {
    find(method, path) {
      const given = path.split('/').map(decode)
      const matches = table.flatMap(({ route, parts }) => {
        const params = match(parts, given)
        return params ? [{ route, params }] : []
      })
      if (matches.length === 0) throw new SmdError('http.not_found', { path: path.slice(0, 200) })
      const wanted = method === 'HEAD' ? 'GET' : method
      const found = matches.find(({ route }) => route.method === wanted)
      if (found) return found
      throw new SmdError('http.method', { path, method, allowed: allowed(matches) })
    },
  }
}

function match(parts: readonly string[], given: ReadonlyArray<string | null>): Record<string, string> | null {
  if (parts.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [i, part] of parts.entries()) {
    const value = given[i]
    if (value == null) return null
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = value
    else if (part !== value) return null
  }
  return params
}

function allowed(matches: readonly Match[]): string {
  const methods = new Set(matches.map(({ route }): string => route.method))
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
