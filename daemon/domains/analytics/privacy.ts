/** What is noted of a place: never where on the machine it lies (formats spec section 27). */
import { basename, sep } from 'node:path'

/** `~/rest` for what lies below the home folder, else the last part. */
export function anonymousPath(path: string, home: string): string {
  if (path === home) return '~'
  const below = `${home}${sep}`
  return path.startsWith(below) ? `~/${path.slice(below.length).replaceAll(sep, '/')}` : basename(path)
}

/** The same for every text with a slash in what is noted beside an event, however deep. */
export function anonymousMetadata(value: unknown, home: string): unknown {
  if (typeof value === 'string')
    return value.includes('/') || value.includes('\\') ? anonymousPath(value, home) : value
  if (Array.isArray(value)) return value.map((item) => anonymousMetadata(item, home))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, anonymousMetadata(item, home)]))
}
