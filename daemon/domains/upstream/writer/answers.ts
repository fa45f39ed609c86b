/** What sources said, as rows, and the artifacts that are judged by it. */
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import type { Database } from '../../../kernel/db/database.ts'
import { type Answer, type Evidence, evaluate, isBehind, isChangedHere } from '../evaluate.ts'
import type { ArtifactOrigin } from '../origin.ts'
import type { UpstreamAnswer, UpstreamError, UpstreamItem, UpstreamQuery, UpstreamSource } from '../source.ts'
import type { ArtifactOriginsTable } from '../tables.ts'

type SourceState = {
  version: string | null
  revision: string | null
  checkedAt: number | null
  error: string | null
}

const SELECT_SOURCE = `SELECT version, revision, checked_at AS checkedAt, error FROM upstream_sources WHERE id = ?`
const SELECT_ITEM =
  'SELECT digest, version FROM upstream_items WHERE source_id = ? AND revision = ? AND path = ?'

/** What the source said of one artifact's place. */
export function loadAnswer(
  db: Database,
  sourceId: number,
  { path, baseRevision }: Pick<ArtifactOrigin, 'path' | 'baseRevision'>,
): Pick<Evidence, 'answer' | 'failed'> {
  const source = db.getSql<SourceState>(SELECT_SOURCE, sourceId)
  const item = db.getSql<Answer['item']>(SELECT_ITEM, sourceId, '', path ?? '')
  const failed = source?.error != null
  if (source?.checkedAt == null || item === undefined) return { answer: null, failed }
  const base =
    baseRevision === null
      ? null
      : (db.getSql<Answer['item']>(SELECT_ITEM, sourceId, baseRevision, path ?? '')?.digest ?? null)
  const { checkedAt, version, revision } = source
  return { answer: { checkedAt, version, revision, item, base }, failed }
}

/** A source with what is wanted of it now. */
export type SourceToAsk = {
  id: number
  key: string
  query: UpstreamQuery
  failures: number
  checkedAt: number | null
}

type SourceRow = {
  id: number
  key: string
  spec: string
  validator: string | null
  failures: number
  checked_at: number | null
}

/** Paths that artifacts come from, and whether the source was ever asked for them. */
const WANTED = `SELECT DISTINCT coalesce(o.path, '') AS path, i.source_id IS NOT NULL AS known
FROM artifact_origins o LEFT JOIN upstream_items i
  ON i.source_id = o.source_id AND i.revision = '' AND i.path = coalesce(o.path, '')
WHERE o.source_id = ?`
/** Revisions that artifacts were installed from, where nothing else says what that was. */
const WANTED_BASES = `SELECT DISTINCT o.base_revision AS revision, coalesce(o.path, '') AS path
FROM artifact_origins o
WHERE o.source_id = ? AND o.base_digest IS NULL AND o.base_revision IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM upstream_items i
    WHERE i.source_id = o.source_id AND i.revision = o.base_revision AND i.path = coalesce(o.path, ''))`

/** What to ask a source; the last answer is only good for a comparison when it was about all that is wanted now. */
export function prepareQuery(db: Database, row: SourceRow): SourceToAsk {
  const paths = db.allSql<{ path: string; known: number }>(WANTED, row.id)
  const bases = new Map<string, string[]>()
  for (const { revision, path } of db.allSql<{ revision: string; path: string }>(WANTED_BASES, row.id)) {
    bases.set(revision, [...(bases.get(revision) ?? []), path])
  }
  const isComplete = bases.size === 0 && paths.every(({ known }) => known === 1)
  return {
    id: row.id,
    key: row.key,
    failures: row.failures,
    checkedAt: row.checked_at,
    query: {
      source: JSON.parse(row.spec) as UpstreamSource,
      paths: paths.map(({ path }) => path),
      bases: [...bases].map(([revision, wanted]) => ({ revision, paths: wanted })),
      validator: isComplete ? row.validator : null,
    },
  }
}

/**
 * Sources to ask now: not asked since `before`, or never about something that is wanted. Those that failed wait for
 * their time, unless `force`; what a server forbids is never asked before. Longest waiting first.
 */
export function selectDue(
  db: Database,
  { now, before, force, ids }: { now: number; before: number; force: boolean; ids: readonly number[] | null },
): SourceToAsk[] {
  const rows = db.allSql<SourceRow>(
    `SELECT id, key, spec, validator, failures, checked_at FROM upstream_sources s
     WHERE (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))
       AND (retry_at IS NULL OR retry_at <= :now OR (:force AND error <> 'rate_limited'))
       AND (:force OR checked_at IS NULL OR checked_at <= :before OR error IS NOT NULL
         OR EXISTS (SELECT 1 FROM artifact_origins o WHERE o.source_id = s.id AND (
           NOT EXISTS (SELECT 1 FROM upstream_items i
             WHERE i.source_id = s.id AND i.revision = '' AND i.path = coalesce(o.path, ''))
           OR o.base_digest IS NULL AND o.base_revision IS NOT NULL AND o.recorded_at >= s.checked_at
             AND NOT EXISTS (SELECT 1 FROM upstream_items i WHERE i.source_id = s.id
               AND i.revision = o.base_revision AND i.path = coalesce(o.path, '')))))
     ORDER BY checked_at, id`,
    { now, before, force: Number(force), ids: ids && JSON.stringify(ids) },
  )
  return rows.map((row) => prepareQuery(db, row))
}

/** Forgets places that nothing comes from any more. To be called inside a transaction. */
export function dropUnusedSources(db: Database): void {
  db.runSql(
    'DELETE FROM upstream_sources WHERE NOT EXISTS (SELECT 1 FROM artifact_origins o WHERE o.source_id = upstream_sources.id)',
  )
}

/** Keeps an answer. To be called inside a transaction. Returns whether the source holds something else than before. */
export function recordAnswer(
  db: Database,
  { id, query }: SourceToAsk,
  answer: UpstreamAnswer,
  now: number,
): boolean {
  const done = 'checked_at = :now, tried_at = :now, error = NULL, failures = 0, retry_at = NULL'
  if (answer.kind === 'unchanged') {
    db.runSql(`UPDATE upstream_sources SET ${done} WHERE id = :id`, { id, now })
    return false
  }
  const { version, revision, validator } = answer
  const before = db.getSql<SourceState>(SELECT_SOURCE, id)
  const wanted = new Set(query.paths)
  let differs = before?.version !== version
  for (const { path } of db.allSql<{ path: string }>(
    "SELECT path FROM upstream_items WHERE source_id = ? AND revision = ''",
    id,
  )) {
    if (wanted.has(path)) continue
    db.runSql("DELETE FROM upstream_items WHERE source_id = ? AND revision = '' AND path = ?", id, path)
  }
  for (const item of withAbsent(query.paths, answer.items)) if (putItem(db, id, '', item)) differs = true
  for (const { revision: base, paths } of query.bases) {
    const found = answer.bases.find((each) => each.revision === base)
    // What could not be asked is wanted again the next time
    if (found) for (const item of withAbsent(paths, found.items)) putItem(db, id, base, item)
  }
  db.runSql(
    `DELETE FROM upstream_items WHERE source_id = :id AND revision <> ''
     AND NOT EXISTS (SELECT 1 FROM artifact_origins o WHERE o.source_id = :id AND o.base_revision = upstream_items.revision)`,
    { id },
  )
  // A first answer is no news
  const changed = differs && before?.checkedAt != null
  db.runSql(
    `UPDATE upstream_sources SET version = :version, revision = :revision, validator = :validator, ${done},
     changed_at = iif(:changed, :now, changed_at) WHERE id = :id`,
    { id, now, version, revision, validator, changed: Number(changed) },
  )
  return changed
}

/** Keeps why a source could not be asked; its last answer stays. To be called inside a transaction. */
export function recordFailure(
  db: Database,
  { id }: SourceToAsk,
  { reason }: Pick<UpstreamError, 'reason'>,
  { now, retryAt }: { now: number; retryAt: number },
): void {
  db.runSql(
    'UPDATE upstream_sources SET tried_at = :now, error = :reason, failures = failures + 1, retry_at = :retryAt WHERE id = :id',
    { id, now, reason, retryAt },
  )
}

/** One item per path that was asked for: what an answer leaves out is not there. */
function withAbsent(paths: readonly string[], items: readonly UpstreamItem[]): UpstreamItem[] {
  const byPath = new Map(items.map((item) => [item.path, item]))
  return paths.map((path) => byPath.get(path) ?? { path, digest: null, version: null })
}

function putItem(
  db: Database,
  sourceId: number,
  revision: string,
  { path, digest, version }: UpstreamItem,
): boolean {
  const { changes } = db.runSql(
    `INSERT INTO upstream_items (source_id, revision, path, digest, version)
     VALUES (:sourceId, :revision, :path, :digest, :version)
     ON CONFLICT DO UPDATE SET digest = :digest, version = :version
     WHERE digest IS NOT :digest OR version IS NOT :version`,
    { sourceId, revision, path, digest, version },
  )
  return changes > 0
}

type OriginRow = Omit<ArtifactOriginsTable, 'artifact_id' | 'source_id' | 'unasked' | 'base_mark'> & {
  artifact_id: number
  /** Of the artifact. */
  upstream_version: string | null
}

/** An artifact whose state is another one now. */
export type ChangedArtifact = { id: number; uid: Buffer; name: string; type: ArtifactType; unitId: number }

/** Judges all artifacts of a source anew. To be called inside a transaction. Returns those whose flags or version changed. */
export function judgeSource(db: Database, sourceId: number): ChangedArtifact[] {
  const spec = db.valueSql<string>('SELECT spec FROM upstream_sources WHERE id = ?', sourceId)
  if (spec === undefined) return []
  const source = JSON.parse(spec) as UpstreamSource
  const rows = db.allSql<OriginRow>(
    `SELECT o.artifact_id, o.path, o.base_version, o.base_revision, o.base_digest, o.local_digest, o.scan_version,
       o.scan_outdated, o.scan_modified, o.recorded_at, o.state, o.reason, a.upstream_version
     FROM artifact_origins o JOIN artifacts a ON a.id = o.artifact_id WHERE o.source_id = ?`,
    sourceId,
  )
  return rows.flatMap((row) =>
    judgeRow(db, sourceId, source, row) ? [changedArtifact(db, row.artifact_id)] : [],
  )
}

function judgeRow(db: Database, sourceId: number, source: UpstreamSource, row: OriginRow): boolean {
  const origin = {
    source,
    path: row.path,
    baseVersion: row.base_version,
    baseRevision: row.base_revision,
    baseDigest: row.base_digest,
    localDigest: row.local_digest,
    localModified: row.scan_modified === null ? null : row.scan_modified === 1,
  }
  const verdict = evaluate({
    origin,
    scan: { upstreamVersion: row.scan_version, isOutdated: row.scan_outdated === 1 },
    recordedAt: row.recorded_at,
    ...loadAnswer(db, sourceId, origin),
  })
  const { state, reason, upstreamVersion } = verdict
  const base = verdict.base ?? row.base_digest
  if (state !== row.state || reason !== row.reason || base !== row.base_digest) {
    db.runSql(
      'UPDATE artifact_origins SET state = ?, reason = ?, base_digest = ? WHERE artifact_id = ?',
      state,
      reason,
      base,
      row.artifact_id,
    )
  }
  if (state === row.state && upstreamVersion === row.upstream_version) return false
  db.runSql(
    `UPDATE artifacts SET upstream_version = ?, is_outdated = ?, local_modified = ?,
     updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE id = ?`,
    upstreamVersion,
    Number(isBehind(state)),
    Number(isChangedHere(state)),
    row.artifact_id,
  )
  return true
}

const changedArtifact = (db: Database, id: number): ChangedArtifact =>
  db.getSql<ChangedArtifact>(
    'SELECT id, uid, name, type, unit_id AS unitId FROM artifacts WHERE id = ?',
    id,
  ) as ChangedArtifact
