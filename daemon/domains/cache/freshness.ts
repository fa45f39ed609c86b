/** Since when what was read of a project counts as fresh: by the time to live, or by an interval of its own. */
import type { Settings } from '../../../protocol/settings.ts'
import type { DaemonContext } from '../../context.ts'
import { projectId } from './ids.ts'

const MINUTE_MS = 60_000

export type Freshness = {
  /** Unix ms. */
  since: number
  /** The same for projects that `cache.project_refresh_intervals` names, by path, id or name. */
  own: ReadonlyMap<string, number>
}

/** What is fresh now, and still will be in `slackMs`. */
export function freshnessOf(
  { now, settings, folders }: Pick<DaemonContext, 'now' | 'settings' | 'folders'>,
  slackMs = 0,
): Freshness {
  const at = now() + slackMs
  const { cache } = settings.current
  const own = [...projectIntervals(cache)].map(
    ([key, minutes]) => [key.replace(/^~(?=[\\/]|$)/, folders.home), at - minutes * MINUTE_MS] as const,
  )
  return { since: at - cache.ttl_minutes * MINUTE_MS, own: new Map(own) }
}

/** Minutes by path, id or name. What is no number of minutes counts as absent; `badIntervals` tells of it. */
export function projectIntervals({
  project_refresh_intervals: table,
}: Settings['cache']): Map<string, number> {
  return new Map(Object.entries(table).filter((entry): entry is [string, number] => isInterval(entry[1])))
}

/** The keys whose values are no intervals. */
export function badIntervals({ project_refresh_intervals: table }: Settings['cache']): string[] {
  return Object.entries(table).flatMap(([key, value]) => (isInterval(value) ? [] : [key]))
}

const isInterval = (value: unknown): value is number =>
  typeof value === 'number' && value >= 1 && value <= 525_600

/** As `freshSinceSql` for a row at hand. */
export function freshSinceOf(
  { path, uid, name }: { path: string; uid: Buffer; name: string },
  { since, own }: Freshness,
): number {
  return own.get(path) ?? own.get(projectId(uid)) ?? own.get(name) ?? since
}

/** SQL of the time for a row of `projects`; its values are `freshnessValues`. */
export function freshSinceSql({ own }: Freshness): string {
  if (own.size === 0) return ':freshSince'
  return `coalesce((SELECT value FROM json_each(:freshOwn)
    WHERE key IN (projects.path, 'prj_' || lower(hex(projects.uid)), projects.name)
    ORDER BY key = projects.path DESC, key = projects.name LIMIT 1), :freshSince)`
}

export function freshnessValues({ since, own }: Freshness): { freshSince: number; freshOwn: string } {
  return { freshSince: since, freshOwn: own.size === 0 ? '' : JSON.stringify(Object.fromEntries(own)) }
}
