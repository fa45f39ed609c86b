/** The origin of an artifact, written together with the artifact. */
import type { Database } from '../../../kernel/db/database.ts'
import { evaluate, isBehind, isChangedHere } from '../evaluate.ts'
import { type ArtifactOrigin, sourceKey } from '../origin.ts'
import type { UpstreamSource } from '../source.ts'
import { loadAnswer } from './answers.ts'

/** What a scan says of an artifact, as far as it concerns where it came from. */
export type ScannedVersions = {
  origin?: ArtifactOrigin | undefined
  upstreamVersion: string | null
  isOutdated: boolean
  localModified: boolean
}

/** What to write: the flags of the artifact, and its row of `artifact_origins`. */
export type Judged = Omit<ScannedVersions, 'origin'> & { row: OriginValues | null }

const COLUMNS = [
  'source_id',
  'unasked',
  'path',
  'base_mark',
  'base_version',
  'base_revision',
  'base_digest',
  'local_digest',
  'scan_version',
  'scan_outdated',
  'scan_modified',
  'recorded_at',
  'state',
  'reason',
] as const
type OriginValues = Record<(typeof COLUMNS)[number], string | number | null>

const SELECT_OLD = `SELECT ${COLUMNS.join(', ')} FROM artifact_origins WHERE artifact_id = ?`
const PUT = `INSERT OR REPLACE INTO artifact_origins (artifact_id, ${COLUMNS.join(', ')})
VALUES (?, ${COLUMNS.map(() => '?').join(', ')})`

/**
 * Brings together what the scan found and what the source said last, so that a scan forgets nothing of that. `id` is the
 * artifact's row, null for a new one. To be called inside a transaction, before `keepOrigin`.
 */
export function judgeArtifact(
  db: Database,
  id: number | null,
  { origin, upstreamVersion, isOutdated, localModified }: ScannedVersions,
  now: number,
): Judged {
  if (!origin) return { upstreamVersion, isOutdated, localModified, row: null }
  const old = id === null ? undefined : db.getSql<OriginValues>(SELECT_OLD, id)
  const asked = typeof origin.source === 'string' ? null : origin.source
  const sourceId = asked && putSource(db, asked)
  const isSameBase =
    old?.base_mark === origin.baseMark && old.source_id === sourceId && old.path === origin.path
  const isSameScan =
    isSameBase && old.scan_version === upstreamVersion && old.scan_outdated === Number(isOutdated)
  const recordedAt = isSameScan ? Number(old.recorded_at) : now
  const known = {
    ...origin,
    // What was learnt since the record was written is newer than the record
    baseDigest: (isSameBase ? (old.base_digest as string | null) : null) ?? origin.baseDigest,
  }
  const { answer, failed } =
    sourceId === null ? { answer: null, failed: false } : loadAnswer(db, sourceId, known)
  const scan = { upstreamVersion, isOutdated }
  const verdict = evaluate({ origin: known, scan, recordedAt, answer, failed })
  return {
    upstreamVersion: verdict.upstreamVersion,
    isOutdated: isBehind(verdict.state),
    localModified: isChangedHere(verdict.state),
    row: {
      source_id: sourceId,
      unasked: asked ? null : (origin.source as string),
      path: origin.path,
      base_mark: origin.baseMark,
      base_version: origin.baseVersion,
      base_revision: origin.baseRevision,
      base_digest: verdict.base ?? known.baseDigest,
      local_digest: origin.localDigest,
      scan_version: upstreamVersion,
      scan_outdated: Number(isOutdated),
      scan_modified: origin.localModified === null ? null : Number(origin.localModified),
      recorded_at: recordedAt,
      state: verdict.state,
      reason: verdict.reason,
    },
  }
}

/** Writes the row of an artifact, unless it is there already; `isNew`: the artifact has none yet. */
export function keepOrigin(db: Database, id: number, { row }: Judged, isNew: boolean): void {
  if (row === null) {
    if (!isNew) db.runSql('DELETE FROM artifact_origins WHERE artifact_id = ?', id)
    return
  }
  const old = isNew ? undefined : db.getSql<OriginValues>(SELECT_OLD, id)
  if (old && COLUMNS.every((column) => old[column] === row[column])) return
  db.runSql(PUT, id, ...COLUMNS.map((column) => row[column]))
}

function putSource(db: Database, source: UpstreamSource): number {
  const key = sourceKey(source)
  const known = db.valueSql<number>('SELECT id FROM upstream_sources WHERE key = ?', key)
  if (known !== undefined) return known
  return db.runSql(
    'INSERT INTO upstream_sources (key, kind, spec) VALUES (?, ?, ?)',
    key,
    source.kind,
    JSON.stringify(source),
  ).lastInsertRowid
}
