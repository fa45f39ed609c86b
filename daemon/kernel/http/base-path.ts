/**
 * The path below which everything lies: `/`, or as `/smd/`, whatever way it was written. Segments that mean something
 * else to a browser, such as `..`, are left out.
 */
export function normaliseBasePath(path: string): string {
  const segments = path.split('/').filter((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment))
  return segments.length === 0 ? '/' : `/${segments.join('/')}/`
}

/** The part of a path below the base, with its slash; null when it lies elsewhere. */
export function belowBase(base: string, path: string): string | null {
  return path.startsWith(base) ? path.slice(base.length - 1) : null
}
