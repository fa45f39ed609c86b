import { createHash } from 'node:crypto'
import type { TopicData } from '../../../protocol/events.ts'
import type { Database } from '../../kernel/db/database.ts'
import { judgeArtifact, keepOrigin } from '../upstream/writer/index.ts'
import { artifactId, artifactUid } from './ids.ts'
import type { ScannedArtifact, UnitKind } from './scan/types.ts'
import { artifactKey } from './scan/types.ts'
import { indexArtifact, unindexArtifacts } from './search-index.ts'

/** The unit's row, as far as its artifacts need it. */
export type UnitRow = { id: number; kind: UnitKind; path: string; projectId: number | null }

export type WriteCounts = { added: number; changed: number; removed: number }

/** Artifacts as events name them, by what became of them. */
export type Named = Pick<TopicData<'artifacts.changed'>, 'added' | 'changed' | 'removed'>

/** How many of each kind are named; beyond it only the counts say how many there are. */
const MAX_NAMED = 100

/** Written columns, in the order of `values`; identity columns come last because an update never touches them. */
const COLUMNS = [
  'name',
  'host',
  'description_id',
  'source',
  'deployed_version',
  'upstream_version',
  'is_outdated',
  'local_modified',
  'hash',
  'stat_sig',
  'size_bytes',
  'tokens',
  'modified_at',
] as const
const IDENTITY = ['uid', 'unit_id', 'project_id', 'type', 'scope', 'rel_path', 'fragment'] as const

const SELECT_OLD = `SELECT id, ${COLUMNS.join(', ')} FROM artifacts WHERE uid = ?`
const INSERT = `INSERT INTO artifacts (${[...COLUMNS, ...IDENTITY].join(', ')})
VALUES (${[...COLUMNS, ...IDENTITY].map(() => '?').join(', ')})`
const UPDATE = `UPDATE artifacts SET ${COLUMNS.map((c) => `${c} = ?`).join(', ')},
updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE id = ?`

type Value = string | number | Buffer | null
type OldRow = { id: number } & Record<string, Value>

/**
 * Brings the rows of one unit in line with what its scan found. Rows that would not change are not written.
 * To be called inside a transaction; `removed` are keys (`artifactKey`) that the scan no longer found.
 */
export function writeArtifacts(
  db: Database,
  unit: UnitRow,
  changed: readonly ScannedArtifact[],
  removed: readonly string[],
  now: number,
): { counts: WriteCounts; named: Named } {
  const counts: WriteCounts = { added: 0, changed: 0, removed: 0 }
  const named: Named = { added: [], changed: [], removed: [] }
  const note = (
    what: keyof WriteCounts,
    uid: Buffer,
    { name, type }: Pick<ScannedArtifact, 'name' | 'type'>,
  ) => {
    if (++counts[what] <= MAX_NAMED) named[what].push({ id: artifactId(uid), name, type })
  }
  for (const artifact of changed) {
    const uid = artifactUid(unit.kind, unit.path, artifactKey(artifact))
    const outcome = putArtifact(db, unit, uid, artifact, now)
    if (outcome) note(outcome, uid, artifact)
  }
  const ids: number[] = []
  for (const key of removed) {
    const uid = artifactUid(unit.kind, unit.path, key)
    const old = db.getSql<{ id: number } & Pick<ScannedArtifact, 'name' | 'type'>>(
      'SELECT id, name, type FROM artifacts WHERE uid = ?',
      uid,
    )
    if (!old) continue
    ids.push(old.id)
    note('removed', uid, old)
  }
  deleteArtifacts(db, ids)
  return { counts, named }
}

/** Deletes artifacts with everything the cache knows of them; to be called inside a transaction. */
export function deleteArtifacts(db: Database, ids: readonly number[]): void {
  if (ids.length === 0) return
  unindexArtifacts(db, ids)
  for (const id of ids) db.runSql('DELETE FROM artifacts WHERE id = ?', id)
}

function putArtifact(
  db: Database,
  unit: UnitRow,
  uid: Buffer,
  artifact: ScannedArtifact,
  now: number,
): 'added' | 'changed' | null {
  const old = db.getSql<OldRow>(SELECT_OLD, uid)
  const judged = judgeArtifact(db, old?.id ?? null, artifact, now)
  const values: Value[] = [
    artifact.name,
    artifact.host,
    putDescription(db, artifact),
    artifact.source,
    artifact.deployedVersion,
    judged.upstreamVersion,
    judged.isOutdated ? 1 : 0,
    judged.localModified ? 1 : 0,
    artifact.hash === null ? null : Buffer.from(artifact.hash, 'hex'),
    Buffer.from(artifact.statSig, 'hex'),
    artifact.sizeBytes,
    artifact.tokens,
    Math.round(artifact.modifiedAt),
  ]
  if (old === undefined) {
    const { lastInsertRowid: id } = db.runSql(
      INSERT,
      ...values,
      uid,
      unit.id,
      unit.projectId,
      artifact.type,
      artifact.scope,
      artifact.relPath,
      artifact.fragment,
    )
    keepOrigin(db, id, judged, true)
    indexArtifact(db, searchable(id, artifact))
    return 'added'
  }
  keepOrigin(db, old.id, judged, false)
  if (!COLUMNS.some((column, i) => differs(old[column], values[i]))) return null
  db.runSql(UPDATE, ...values, old.id)
  indexArtifact(db, searchable(old.id, artifact))
  return 'changed'
}

/** The row that says what the artifact says of itself, shared by its copies; null when it says nothing. */
function putDescription(db: Database, artifact: ScannedArtifact): number | null {
  const { aliases, ...metadata } = artifact.metadata
  const values = [
    artifact.title,
    artifact.description,
    commaList(artifact.tags),
    commaList(Array.isArray(aliases) ? aliases.map(String) : []),
    artifact.diagnostics.length === 0
      ? null
      : JSON.stringify(artifact.diagnostics.map((d) => (d.detail === '' ? [d.code] : [d.code, d.detail]))),
    Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata),
  ]
  if (values.every((value) => value === null)) return null
  const digest = createHash('sha256').update(JSON.stringify(values)).digest().subarray(0, 16)
  const known = db.valueSql<number>('SELECT id FROM descriptions WHERE digest = ?', digest)
  if (known !== undefined) return known
  return db.runSql(
    `INSERT INTO descriptions (digest, title, description, tags, aliases, diagnostics, metadata)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    digest,
    ...values,
  ).lastInsertRowid
}

/** Deletes descriptions that no artifact has any more. */
export function dropUnusedDescriptions(db: Database): void {
  db.runSql(
    'DELETE FROM descriptions WHERE NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.description_id = descriptions.id)',
  )
}

/** Items are free text, so a comma inside one becomes a space. */
function commaList(items: readonly string[]): string | null {
  const clean = items.map((item) => item.replaceAll(',', ' ').trim()).filter((item) => item !== '')
  return clean.length === 0 ? null : clean.join(',')
}

function searchable(id: number, { name, type, title, description, tags, source }: ScannedArtifact) {
  return { id, name, type, title, description, tags, source }
}

function differs(a: Value | undefined, b: Value | undefined): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? !a.equals(b) : a !== b
}
