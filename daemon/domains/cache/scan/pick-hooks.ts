/** Some handlers out of a `hooks` table, as a table of their own. */
import { canonicalJson, isRecord, sha256, shorten } from './json-values.ts'

/** A handler as a scan found it: its fragment, and the hash of its canonical JSON, 64 hex. */
export type WantedHook = { fragment: string; hash: string }

/**
 * The events and groups of `table` with nothing but the handlers that are wanted, in the order of the file; other keys of a
 * group (its matcher) stay. Null when one of them is not what was found there any more.
 */
export function pickHooks(
  table: Readonly<Record<string, unknown>>,
  wanted: readonly WantedHook[],
): Record<string, unknown[]> | null {
  const places = new Map(wanted.map(({ fragment, hash }) => [fragment, hash]))
  const picked: Record<string, unknown[]> = {}
  const labels = new Set<string>()
  for (const [event, groups] of Object.entries(table)) {
    if (!Array.isArray(groups)) continue
    // As a scan names them: two names may be one after shortening.
    let label = shorten(event, 200)
    while (labels.has(label)) label += '~'
    labels.add(label)
    const some = groups.flatMap((group, index) => pickGroup(group, `${label}/${index}`, places))
    if (some.length > 0) picked[event] = some
  }
  return places.size === 0 ? picked : null
}

/** Takes what it finds out of `places`. */
function pickGroup(group: unknown, prefix: string, places: Map<string, string>): unknown[] {
  if (!isRecord(group)) return []
  const take = (handler: unknown, position: number): boolean => {
    const fragment = `${prefix}/${position}`
    const json = isRecord(handler) ? canonicalJson(handler) : null
    if (json === null || places.get(fragment) !== sha256(json)) return false
    return places.delete(fragment)
  }
  if (!Array.isArray(group.hooks)) return take(group, 0) ? [group] : []
  const hooks = group.hooks.filter(take)
  return hooks.length > 0 ? [{ ...group, hooks }] : []
}
