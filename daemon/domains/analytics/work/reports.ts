/** What was noted, summed up. Times are Unix ms, days UTC. */
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { Database } from '../../../kernel/db/database.ts'
import type { EventType } from './store.ts'

const DAY_MS = 86_400_000

const TOTAL =
  'deploy_count + update_count + sync_count + remove_count + search_count + import_count + use_count'

export type Summary = Pick<
  ResultOf<'analytics.summary'>,
  'events' | 'recent' | 'byType' | 'mostDeployed' | 'firstAt' | 'lastAt'
>

export function summarize(db: Database, now: number): Summary {
  const whole = db.getSql<{ events: number; recent: number; firstAt: number | null; lastAt: number | null }>(
    `SELECT count(*) AS events, coalesce(sum(timestamp > ?), 0) AS recent, min(timestamp) AS firstAt,
       max(timestamp) AS lastAt FROM events`,
    now - 7 * DAY_MS,
  )
  const byType = db.allSql<{ type: EventType; count: number }>(
    'SELECT event_type AS type, count(*) AS count FROM events GROUP BY event_type ORDER BY count DESC, event_type',
  )
  const mostDeployed = db.getSql<{ name: string; type: string; count: number }>(
    `SELECT artifact_name AS name, artifact_type AS type, deploy_count AS count FROM usage_summary
     WHERE deploy_count > 0 ORDER BY deploy_count DESC, artifact_name LIMIT 1`,
  )
  return {
    events: whole?.events ?? 0,
    recent: whole?.recent ?? 0,
    firstAt: whole?.firstAt ?? null,
    lastAt: whole?.lastAt ?? null,
    byType,
    mostDeployed: mostDeployed ?? null,
  }
}

export type Usage = ResultOf<'analytics.top'>['items'][number]

const order = { total: TOTAL, deploys: 'deploy_count', uses: 'use_count', recent: 'last_used' } as const

/** Artifacts by how much they were used, most first. */
export function topUsage(
  db: Database,
  { metric, type, limit }: { metric: keyof typeof order; type: string | null; limit: number },
): Usage[] {
  return db.allSql(
    `SELECT artifact_name AS name, artifact_type AS type, first_used AS firstAt, last_used AS lastAt,
       deploy_count AS deploys, update_count AS updates, sync_count AS syncs, remove_count AS removals,
       search_count AS searches, import_count AS imports, use_count AS uses, ${TOTAL} AS total
     FROM usage_summary WHERE :type IS NULL OR artifact_type = :type
     ORDER BY ${order[metric]} DESC, artifact_name, artifact_type LIMIT :limit`,
    { type, limit },
  )
}

/** When anything was last noted of each artifact, by `type` and name. */
export function lastUses(
  db: Database,
): Array<Pick<Usage, 'name' | 'type' | 'lastAt' | 'uses' | 'total' | 'firstAt'>> {
  return db.allSql(
    `SELECT artifact_name AS name, artifact_type AS type, first_used AS firstAt, last_used AS lastAt,
       use_count AS uses, ${TOTAL} AS total FROM usage_summary`,
  )
}

type Point = ResultOf<'analytics.trends'>['points'][number]

/** Events by day, week (from Monday) or month, oldest first, also those without any. */
export function trends(
  db: Database,
  { period, days, now }: { period: 'day' | 'week' | 'month'; days: number; now: number },
): Point[] {
  const since = startOf(period, now - (days - 1) * DAY_MS)
  const rows = db.allSql<{ day: number; type: EventType; name: string; artifactType: string; count: number }>(
    `SELECT timestamp / ${DAY_MS} AS day, event_type AS type, artifact_name AS name, artifact_type AS artifactType,
       count(*) AS count FROM events WHERE timestamp >= ? GROUP BY 1, 2, 3, 4`,
    since,
  )
  const byStart = Map.groupBy(rows, ({ day }) => startOf(period, Math.floor(day) * DAY_MS))
  const points: Point[] = []
  for (let start = since; start <= now; start = nextOf(period, start)) {
    const own = byStart.get(start) ?? []
    const counts = new Map<string, number>()
    for (const { name, count } of own) counts.set(name, (counts.get(name) ?? 0) + count)
    const [top] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    points.push({
      at: start,
      events: sum(own),
      deploys: sum(own.filter(({ type }) => type === 'deploy')),
      artifacts: new Set(own.map(({ name, artifactType }) => `${artifactType} ${name}`)).size,
      top: top?.[0] ?? null,
    })
  }
  return points
}

const sum = (rows: ReadonlyArray<{ count: number }>): number =>
  rows.reduce((total, { count }) => total + count, 0)

function startOf(period: 'day' | 'week' | 'month', at: number): number {
  const date = new Date(at)
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  if (period === 'day') return day
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  return day - ((date.getUTCDay() + 6) % 7) * DAY_MS
}

function nextOf(period: 'day' | 'week' | 'month', start: number): number {
  if (period === 'day') return start + DAY_MS
  if (period === 'week') return start + 7 * DAY_MS
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

type EventRow = ResultOf<'analytics.events'>['items'][number]

/** Events, newest first. */
export function listEvents(
  db: Database,
  {
    type,
    name,
    before,
    limit,
  }: { type: string | null; name: string | null; before: number | null; limit: number },
): { items: EventRow[]; next: number | null } {
  const rows = db.allSql<Omit<EventRow, 'metadata'> & { metadata: string }>(
    `SELECT id, event_type AS event, artifact_name AS name, artifact_type AS type, collection_name AS collection,
       project_path AS project, timestamp AS at, outcome, metadata FROM events
     WHERE (:before IS NULL OR id < :before) AND (:type IS NULL OR event_type = :type)
       AND (:name IS NULL OR artifact_name = :name)
     ORDER BY id DESC LIMIT :limit`,
    { type, name, before, limit: limit + 1 },
  )
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(({ metadata, ...rest }) => ({ ...rest, metadata: JSON.parse(metadata) })),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** Drops events before a time; the summary stays. Returns how many went. */
export function dropEvents(db: Database, before: number): number {
  return db.transaction(() => db.runSql('DELETE FROM events WHERE timestamp < ?', before).changes)
}

/** Forgets everything, the summary and how far transcripts were read, too. */
export function forgetAll(db: Database): number {
  return db.transaction(() => {
    const { changes } = db.runSql('DELETE FROM events')
    db.exec('DELETE FROM usage_summary; DELETE FROM transcripts')
    return changes
  })
}
