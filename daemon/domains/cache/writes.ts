/**
 * Everything that changes cache.db, by name. The writer process runs these one after the other on the only writing
 * connection; the offline command line and tests run the same functions in place.
 */
import { sep } from 'node:path'
import type { AnyEvent } from '../../../protocol/events.ts'
import { inspectCopy } from '../../kernel/db/backup.ts'
import type { Database } from '../../kernel/db/database.ts'
import type { AnswerRecord } from '../../kernel/rpc/idempotency.ts'
import { jobWrites } from '../jobs/index.ts'
import { putAnswer, writeAnswer } from './answers.ts'
import {
  deleteArtifacts,
  dropUnusedDescriptions,
  type UnitRow,
  type WriteCounts,
  writeArtifacts,
} from './artifacts-write.ts'
import {
  keepEvents,
  projectEvent,
  projectEvents,
  projectState,
  projectStates,
  statusEvents,
} from './change-events.ts'
import { clearContents, contentWrites } from './contents/content-writes.ts'
import { findDamage } from './damage.ts'
import { putDeployments } from './deployments-write.ts'
import type { WriteName, WriteParams, WriteResult } from './engine.ts'
import { projectUid } from './ids.ts'
import { type LabelsWritten, type Recovered, writeLabels } from './labels-write.ts'
import { maintenanceWrites } from './maintenance-writes.ts'
import type { Discovery, FoundProject, Marketplace } from './scan/discovery.ts'
import type { UnitOutcome, UnitRef } from './scan/job.ts'
import type { ScanUnit } from './scan/types.ts'
import { clearSearchIndex, mergeSearchIndex, refreshVocabulary } from './search-index.ts'

const DAY_MS = 86_400_000
/** Why a project is missing. */
const NO_FOLDER = 'The folder does not exist.'
/** So many artifacts of a new place are named. */
const FEW_NAMES = 10
/** Changes after which the search index is worth merging: a merged one answers almost twice as fast. */
const MERGE_WORTH = 1_000

/** `events`: what the daemon tells once this is committed. */
export type UnitWritten = WriteCounts & {
  unitId: number
  events: AnyEvent[]
  /** Of a collection that the cache did not know: its tags and groups. */
  recovered?: Recovered
  /** Members of groups that mean no artifact, told once. */
  unresolved?: LabelsWritten['unresolved']
}

export type UnitToWrite = { outcome: UnitOutcome; now: number }

export const cacheWrites = {
  ...jobWrites,
  ...maintenanceWrites,
  ...contentWrites,

  /**
   * Makes the known projects and units those that were found. Projects that are gone from disk stay, as `missing`, and
   * those the user excluded are forgotten; plugins and collections that are gone disappear with their artifacts.
   * `events` tell which projects are new, gone, or no longer can be read.
   */
  syncUnits(
    db: Database,
    {
      projects,
      units,
      complete,
      excluded,
      now,
    }: Pick<Discovery, 'projects' | 'units' | 'complete'> & { excluded: readonly string[]; now: number },
  ): { refs: UnitRef[]; events: AnyEvent[] } {
    return db.transaction(() => {
      const before = projectStates(db)
      const projectIds = new Map(projects.map((project) => [project.path, putProject(db, project, complete)]))
      const refs = units.map((unit) =>
        putUnit(db, unit, unit.kind === 'project' ? (projectIds.get(unit.path) ?? null) : null),
      )
      // What belongs to no project is always looked for as a whole.
      dropUnits(db, refs)
      if (complete) {
        dropOrMarkVanished(db, new Set(projects.map((project) => project.path)), excluded)
      }
      const events = projectEvents(before, projectStates(db))
      keepEvents(db, now, events)
      return { refs, events }
    })
  },

  /** Replaces the registered marketplaces. */
  putMarketplaces(db: Database, { marketplaces, now }: { marketplaces: Marketplace[]; now: number }): void {
    db.transaction(() => {
      db.runSql('DELETE FROM marketplace')
      for (const { id, name, type, url, description, data } of marketplaces) {
        db.runSql(
          'INSERT INTO marketplace (id, name, type, url, description, cached_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
          id,
          name,
          type,
          url,
          description,
          now,
          JSON.stringify(data),
        )
      }
    })
  },

  /** Writes what the scan of one unit found; a failed scan keeps the old rows and says why (seed 000: stale beats none). */
  applyUnit(db: Database, { outcome, now }: UnitToWrite): UnitWritten {
    return db.transaction(() => applyOutcome(db, outcome, now))
  },

  /**
   * As `applyUnit` for several units in one transaction: a commit writes each page it touched once, and the search index
   * merges less. All or nothing; the caller writes them one by one when this fails.
   */
  applyUnits(db: Database, units: readonly UnitToWrite[]): UnitWritten[] {
    return db.transaction(() => units.map(({ outcome, now }) => applyOutcome(db, outcome, now)))
  },

  /**
   * Ends a refresh: remembers when everything was read and what failed unforeseen, forgets projects that vanished long
   * ago (0 days: never), brings the spelling vocabulary up to date and lets SQLite tidy up. Returns what to tell.
   */
  finishRefresh(
    db: Database,
    {
      now,
      changes,
      unforeseen,
      full,
      retentionDays,
    }: {
      now: number
      changes: number
      unforeseen: ReadonlyArray<{ unitId: number; message: string }>
      full: boolean
      retentionDays: number
    },
  ): AnyEvent[] {
    const events = db.transaction(() => {
      const before = projectStates(db)
      for (const { unitId, message } of unforeseen) {
        const project = unitRow(db, unitId)?.projectId
        if (project != null) putFailure(db, project, 'error', message)
      }
      const dropped = full && retentionDays > 0 ? dropVanished(db, now - retentionDays * DAY_MS) : 0
      if (changes > 0 || dropped > 0) dropUnusedDescriptions(db)
      if (full) putMetadata(db, 'last_refresh', String(now))
      db.runSql("DELETE FROM cache_metadata WHERE key = 'refresh_progress'")
      putMetadata(db, 'total_projects', String(db.valueSql('SELECT count(*) FROM projects')))
      putMetadata(db, 'total_artifacts', String(db.valueSql('SELECT count(*) FROM artifacts')))
      const events = projectEvents(before, projectStates(db))
      keepEvents(db, now, events)
      return events
    })
    if (changes > MERGE_WORTH) while (mergeSearchIndex(db));
    refreshVocabulary(db)
    db.pragma('optimize')
    db.pragma('wal_checkpoint(TRUNCATE)')
    return events
  },

  /** Keeps how far a refresh is, for whoever comes after a crash. */
  noteProgress(db: Database, progress: object): void {
    db.transaction(() => putMetadata(db, 'refresh_progress', JSON.stringify(progress)))
  },

  /** Forgets up to `limit` projects that are missing since before `before`; returns how many. */
  forgetVanished(db: Database, { before, limit }: { before: number; limit: number }): number {
    return db.transaction(() => {
      const dropped = dropVanished(db, before, limit)
      if (dropped > 0) dropUnusedDescriptions(db)
      return dropped
    })
  },

  /**
   * Forgets a project and its artifacts. It cannot be forgotten twice, so the answer to a command with a key, `answer`
   * without the count, is kept in the same transaction.
   */
  removeProject(
    db: Database,
    {
      id,
      now,
      answer = null,
    }: { id: number; now: number; answer?: (AnswerRecord & { result: object }) | null },
  ): { removedArtifacts: number } {
    const remove = (): { removedArtifacts: number } => {
      const state = projectStates(db).get(id)
      const removedArtifacts = deleteProject(db, id)
      if (state) keepEvents(db, now, [projectEvent('removed', state)])
      dropUnusedDescriptions(db)
      if (answer) putAnswer(db, { ...answer, result: JSON.stringify({ ...answer.result, removedArtifacts }) })
      return { removedArtifacts }
    }
    return answer ? db.durably(remove) : db.transaction(remove)
  },

  /** Marks one project, or all, as stale (formats spec section 21). */
  invalidate(db: Database, { id }: { id: number | null }): { invalidatedCount: number } {
    return db.transaction(() => {
      const { changes } = db.runSql(
        `UPDATE projects SET last_fetched = NULL, status = CASE status WHEN 'active' THEN 'stale' ELSE status END,
         updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE :id IS NULL OR id = :id`,
        { id },
      )
      return { invalidatedCount: changes }
    })
  },

  /** Empties the cache. */
  clear(db: Database, _: Record<never, never>): { removedProjects: number; removedArtifacts: number } {
    const counts = db.transaction(() => {
      const removedProjects = db.valueSql<number>('SELECT count(*) FROM projects') ?? 0
      const removedArtifacts = db.valueSql<number>('SELECT count(*) FROM artifacts') ?? 0
      clearSearchIndex(db)
      clearContents(db)
      db.exec(`DELETE FROM deployments; DELETE FROM artifacts; DELETE FROM descriptions; DELETE FROM scan_units; DELETE FROM projects;
        DELETE FROM upstream_sources; DELETE FROM marketplace; DELETE FROM cache_metadata`)
      return { removedProjects, removedArtifacts }
    })
    db.exec('VACUUM')
    db.pragma('wal_checkpoint(TRUNCATE)')
    return counts
  },

  keepAnswer: writeAnswer,

  /** The schema of a copy of a cache. Errors: `cache.unavailable` with `problem` `copy` when it is damaged. */
  inspectCopy(_: Database, { file }: { file: string }): number {
    return inspectCopy(file)
  },

  /** What is wrong with the file; null when it is sound (promise D3). */
  check(db: Database, _: Record<never, never>): string | null {
    return findDamage(db)
  },

  /** Sets the deployed or upstream version of one artifact (CACHE-2.1b). */
  setVersions(
    db: Database,
    {
      id,
      deployed,
      upstream,
      outdated,
    }: { id: number; deployed: string | null; upstream: string | null; outdated: boolean },
  ): void {
    db.transaction(() =>
      db.runSql(
        `UPDATE artifacts SET deployed_version = ?, upstream_version = ?, is_outdated = ?,
         updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE id = ?`,
        deployed,
        upstream,
        outdated ? 1 : 0,
        id,
      ),
    )
  },
}

export type CacheWrites = typeof cacheWrites

/** Looks the write up by name and runs it. */
export function runWrite<Name extends WriteName>(
  db: Database,
  name: Name,
  params: WriteParams<Name>,
): WriteResult<Name> {
  const write = cacheWrites[name] as (db: Database, params: WriteParams<Name>) => WriteResult<Name>
  return write(db, params)
}

/** How a project was found is known only when everything was looked for; otherwise the row keeps what it says. */
function putProject(db: Database, project: FoundProject, complete: boolean): number {
  db.runSql(
    `INSERT INTO projects (uid, name, path, origins, status, error_message)
     VALUES (:uid, :name, :path, :origins, coalesce(:status, 'stale'), :message)
     ON CONFLICT (path) DO UPDATE SET name = :name, origins = iif(:complete, :origins, origins),
       status = coalesce(:status, CASE status WHEN 'missing' THEN 'stale' ELSE status END),
       error_message = CASE WHEN :status IS NOT NULL OR status = 'missing' THEN :message ELSE error_message END,
       updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
     WHERE name <> :name OR (:complete AND origins <> :origins)
       OR status <> coalesce(:status, CASE status WHEN 'missing' THEN 'stale' ELSE status END)`,
    {
      uid: projectUid(project.path),
      name: project.name,
      path: project.path,
      origins: project.origins.join(','),
      status: project.missing ? 'missing' : project.unreadable ? 'error' : null,
      message: project.missing ? NO_FOLDER : project.unreadable,
      complete: complete ? 1 : 0,
    },
  )
  return db.valueSql<number>('SELECT id FROM projects WHERE path = ?', project.path) as number
}

function putUnit(db: Database, unit: ScanUnit, projectId: number | null): UnitRef {
  db.runSql(
    `INSERT INTO scan_units (kind, path, name, project_id) VALUES (:kind, :path, :name, :projectId)
     ON CONFLICT (kind, path) DO UPDATE SET name = :name, project_id = :projectId
     WHERE name <> :name OR project_id IS NOT :projectId`,
    { kind: unit.kind, path: unit.path, name: unit.name, projectId },
  )
  const id = db.valueSql<number>(
    'SELECT id FROM scan_units WHERE kind = ? AND path = ?',
    unit.kind,
    unit.path,
  ) as number
  return { id, projectId, unit }
}

/** Units without a project (plugins, collections, …) that no longer exist. */
function dropUnits(db: Database, found: readonly UnitRef[]): void {
  const alive = new Set(found.map((ref) => ref.id))
  for (const { id } of db.allSql<{ id: number }>('SELECT id FROM scan_units WHERE project_id IS NULL')) {
    if (alive.has(id)) continue
    deleteArtifacts(db, artifactIds(db, 'unit_id', id))
    db.runSql('DELETE FROM scan_units WHERE id = ?', id)
  }
}

/** Known projects that the search no longer finds; those below an excluded folder are not wanted any more. */
function dropOrMarkVanished(db: Database, found: ReadonlySet<string>, excluded: readonly string[]): void {
  for (const { id, path } of db.allSql<{ id: number; path: string }>('SELECT id, path FROM projects')) {
    if (found.has(path)) continue
    if (excluded.some((folder) => path === folder || path.startsWith(`${folder}${sep}`)))
      deleteProject(db, id)
    else putFailure(db, id, 'missing', 'The folder is gone, or holds nothing for agents any more.')
  }
}

function dropVanished(db: Database, before: number, limit = -1): number {
  const gone = db.allSql<{ id: number }>(
    "SELECT id FROM projects WHERE status = 'missing' AND updated_at < ? ORDER BY updated_at LIMIT ?",
    before,
    limit,
  )
  for (const { id } of gone) deleteProject(db, id)
  return gone.length
}

/** Returns how many artifacts went with it. */
function deleteProject(db: Database, id: number): number {
  const ids = artifactIds(db, 'project_id', id)
  deleteArtifacts(db, ids)
  db.runSql('DELETE FROM projects WHERE id = ?', id)
  return ids.length
}

/** `updated_at` then says since when: a project that stays missing is forgotten some day. */
function putFailure(db: Database, id: number, status: 'missing' | 'error', message: string): void {
  db.runSql(
    `UPDATE projects SET status = :status, error_message = :message,
     updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
     WHERE id = :id AND (status <> :status OR (error_message IS NOT :message AND status <> 'missing'))`,
    { id, status, message },
  )
}

/** `isNew`: it was never read. `provenance`: what was remembered of its records, of a collection its manifest, too. */
type ScannedUnitRow = UnitRow & { isNew: number; name: string; provenance: string }

function unitRow(db: Database, id: number): ScannedUnitRow | undefined {
  return db.getSql(
    `SELECT id, kind, path, name, project_id AS projectId, config_sig = '' AS isNew, provenance_sig AS provenance
     FROM scan_units WHERE id = ?`,
    id,
  )
}

function applyOutcome(db: Database, outcome: UnitOutcome, now: number): UnitWritten {
  const unit = unitRow(db, outcome.unitId)
  if (!unit) return { unitId: outcome.unitId, added: 0, changed: 0, removed: 0, events: [] }
  const before = projectState(db, unit.projectId)
  recordScan(db, unit, outcome, now)
  const deployed =
    outcome.deployments && !outcome.failure ? putDeployments(db, unit, outcome.deployments) : null
  const { counts, named } = writeArtifacts(db, unit, outcome.changed, outcome.removed, now)
  const labels = outcome.labels ? writeLabels(db, unit.id, outcome.labels) : null
  const after = projectState(db, unit.projectId)
  const events = before && after ? statusEvents(before, after) : []
  const hasChanged = counts.added + counts.changed + counts.removed > 0
  const project = after ? { id: after.id, name: after.name, path: after.path } : null
  if (hasChanged) {
    // Of a place that was never read all is new: many names would fill the history and tell nobody anything.
    const names = unit.isNew && counts.added > FEW_NAMES ? { added: [], changed: [], removed: [] } : named
    events.push({ topic: 'artifacts.changed', data: { project, path: unit.path, counts, ...names } })
  }
  const isOther = hasChanged || (!outcome.failure && outcome.provenanceSig !== unit.provenance)
  if (unit.kind === 'collection' && !unit.isNew && isOther)
    events.push({ topic: 'collections.changed', data: { name: unit.name, path: unit.path } })
  keepEvents(db, now, events)
  if (deployed)
    events.push({ topic: 'deployments.changed', data: { project, path: unit.path, counts: deployed } })
  const isRecovery = unit.kind === 'collection' && unit.isNew && !outcome.failure
  return {
    unitId: unit.id,
    ...counts,
    events,
    ...(isRecovery && { recovered: labels?.recovered ?? nothingRecovered }),
    ...(labels && labels.unresolved.length > 0 && { unresolved: labels.unresolved }),
  }
}

/** A collection is one by its manifest, so without labels the manifest could not be read. */
const nothingRecovered: Recovered = {
  tagsRecovered: 0,
  groupsRecovered: 0,
  membersRecovered: 0,
  membersSkipped: 0,
  skippedReason: 'toml_read_error',
}

function recordScan(db: Database, unit: UnitRow, outcome: UnitOutcome, now: number): void {
  const { failure, diagnostics } = outcome
  if (!failure) {
    const text = diagnostics.length === 0 ? null : JSON.stringify(diagnostics)
    db.runSql(
      `UPDATE scan_units SET config_sig = :config, provenance_sig = :provenance, diagnostics = :text
       WHERE id = :id AND (config_sig <> :config OR provenance_sig <> :provenance OR diagnostics IS NOT :text)`,
      { id: unit.id, config: outcome.configSig, provenance: outcome.provenanceSig, text },
    )
  }
  if (unit.projectId === null) return
  if (failure) {
    const isMissing = failure.kind === 'missing'
    putFailure(db, unit.projectId, isMissing ? 'missing' : 'error', isMissing ? NO_FOLDER : failure.message)
  } else {
    db.runSql(
      `UPDATE projects SET status = 'active', error_message = NULL, last_fetched = ?,
       updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE id = ?`,
      now,
      unit.projectId,
    )
  }
}

function artifactIds(db: Database, column: 'project_id' | 'unit_id', id: number): number[] {
  return db.allSql<{ id: number }>(`SELECT id FROM artifacts WHERE ${column} = ?`, id).map((row) => row.id)
}

function putMetadata(db: Database, key: string, value: string): void {
  db.runSql(
    `INSERT INTO cache_metadata (key, value) VALUES (:key, :value)
     ON CONFLICT (key) DO UPDATE SET value = :value, updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
    { key, value },
  )
}
