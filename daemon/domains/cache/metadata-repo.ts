/** Reads what the cache says of itself, and the registered marketplaces. */
import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { type Freshness, freshnessValues, freshSinceSql } from './freshness.ts'
import type { ScanEnvironment } from './scan/types.ts'

/** End of the last refresh, Unix ms; null when there was none. */
export function selectLastRefresh(db: Database): number | null {
  const value = db.valueSql<string>("SELECT value FROM cache_metadata WHERE key = 'last_refresh'")
  return value === undefined ? null : Number(value)
}

/** How far the refresh was that was cut off with its daemon; null when none was. */
export function selectCutOffRefresh(db: Database): object | null {
  const value = db.valueSql<string>("SELECT value FROM cache_metadata WHERE key = 'refresh_progress'")
  return value === undefined ? null : JSON.parse(value)
}

/** What the collections hold, by `collection/name::type`: H1, source and version (formats spec section 12). */
export function selectCollectionArtifacts(
  db: Database,
): Required<Pick<ScanEnvironment, 'collectionHashes' | 'collectionSources'>> {
  const rows = db.allSql<{ key: string; hash: string; source: string | null; version: string | null }>(
    `SELECT u.name || '/' || a.name || '::' || a.type AS key, lower(hex(a.hash)) AS hash, a.source,
       a.deployed_version AS version
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.scope = 'collection' AND a.scope <> 'project' AND a.hash IS NOT NULL`,
  )
  return {
    collectionHashes: Object.fromEntries(rows.map(({ key, hash }) => [key, hash])),
    collectionSources: Object.fromEntries(rows.map(({ key, source, version }) => [key, { source, version }])),
  }
}

export type CacheCounts = {
  projects: number
  failed: number
  stale: number
  oldest: number | null
  newest: number | null
  artifacts: number
  outdated: number
  modified: number
  byType: Partial<Record<ArtifactType, number>>
}

/** The numbers of `cache.status`. Plan: covering searches of artifacts_type_name and the partial indexes. */
export function selectCacheCounts(db: Database, freshness: Freshness): CacheCounts {
  const projects = db.getSql<{
    projects: number
    failed: number
    stale: number
    oldest: number | null
    newest: number | null
  }>(
    `SELECT count(*) AS projects, coalesce(sum(status IN ('error', 'missing')), 0) AS failed,
       coalesce(sum(status = 'stale' OR (status = 'active' AND coalesce(last_fetched, 0) < ${freshSinceSql(freshness)})), 0)
         AS stale,
       min(last_fetched) AS oldest, max(last_fetched) AS newest FROM projects`,
    freshnessValues(freshness),
  )
  const types = db.allSql<{ type: ArtifactType; n: number }>(
    'SELECT type, count(*) AS n FROM artifacts GROUP BY type',
  )
  return {
    projects: projects?.projects ?? 0,
    failed: projects?.failed ?? 0,
    stale: projects?.stale ?? 0,
    oldest: projects?.oldest ?? null,
    newest: projects?.newest ?? null,
    artifacts: types.reduce((sum, row) => sum + row.n, 0),
    outdated: db.valueSql('SELECT count(*) FROM artifacts WHERE is_outdated = 1') ?? 0,
    modified: db.valueSql('SELECT count(*) FROM artifacts WHERE local_modified = 1') ?? 0,
    byType: Object.fromEntries(types.map((row) => [row.type, row.n])),
  }
}

export function countTotals(db: Database): { projects: number; artifacts: number } {
  return {
    projects: db.valueSql<number>('SELECT count(*) FROM projects') ?? 0,
    artifacts: db.valueSql<number>('SELECT count(*) FROM artifacts') ?? 0,
  }
}

export type MarketplaceRow = {
  id: string
  name: string
  type: string
  url: string | null
  description: string | null
  cached_at: number
  plugins: number
  /** JSON; null when it was not asked for. */
  data: string | null
}

/** Registered marketplaces by id. */
export function selectMarketplaces(
  db: Database,
  {
    type,
    withData,
    after,
    offset,
    limit,
  }: { type: string | undefined; withData: boolean; after: string; offset: number; limit: number },
): MarketplaceRow[] {
  return db.allSql(
    `SELECT id, name, type, url, description, cached_at, coalesce(json_array_length(data, '$.plugins'), 0) AS plugins,
       iif(:withData, data, NULL) AS data
     FROM marketplace WHERE id > :after AND (:type IS NULL OR type = :type) ORDER BY id LIMIT :limit OFFSET :offset`,
    { after, type: type ?? null, withData: Number(withData), limit, offset },
  )
}

export function countMarketplaces(db: Database, type: string | undefined): number {
  return (
    db.valueSql('SELECT count(*) FROM marketplace WHERE :type IS NULL OR type = :type', {
      type: type ?? null,
    }) ?? 0
  )
}
