import type { Database } from '../../../kernel/db/database.ts'
import { scanUnit } from './scan-unit.ts'
import {
  artifactKey,
  type PreviousUnit,
  type ScanEnvironment,
  type ScannedArtifact,
  type ScanUnit,
  type UnitResult,
} from './types.ts'

/** A unit with its row. */
export type UnitRef = { id: number; projectId: number | null; unit: ScanUnit }

/** What a scan of one unit says to the writer. */
export type UnitOutcome = Omit<UnitResult, 'unchanged'> & {
  unitId: number
  unchangedCount: number
  /** Keys known before and not found again. */
  removed: string[]
}

/** Scans one unit against what the cache knows of it. Reads the disk and the cache, writes nothing. */
export function scanAgainstCache(db: Database, ref: UnitRef, env: ScanEnvironment): UnitOutcome {
  const previous = loadPrevious(db, ref.id)
  const { unchanged, ...result } = scanUnit(ref.unit, env, previous)
  const found = new Set(unchanged)
  for (const artifact of result.changed) found.add(artifactKey(artifact))
  const removed = result.failure ? [] : [...previous.artifacts.keys()].filter((key) => !found.has(key))
  return { ...result, unitId: ref.id, unchangedCount: unchanged.length, removed }
}

type KeyRow = Pick<ScannedArtifact, 'scope' | 'type' | 'fragment'> & { rel_path: string; stat_sig: Buffer }

function loadPrevious(db: Database, unitId: number): PreviousUnit {
  const unit = db.getSql<{ config_sig: string; provenance_sig: string }>(
    'SELECT config_sig, provenance_sig FROM scan_units WHERE id = ?',
    unitId,
  )
  const rows = db.allSql<KeyRow>(
    'SELECT scope, type, rel_path, fragment, stat_sig FROM artifacts WHERE unit_id = ?',
    unitId,
  )
  return {
    configSig: unit?.config_sig ?? '',
    provenanceSig: unit?.provenance_sig ?? '',
    artifacts: new Map(
      rows.map((row) => [artifactKey({ ...row, relPath: row.rel_path }), row.stat_sig.toString('hex')]),
    ),
  }
}
