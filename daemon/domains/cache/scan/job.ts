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

type KeyRow = Pick<ScannedArtifact, 'scope' | 'type' | 'fragment' | 'name'> & {
  rel_path: string
  stat_sig: Buffer
}

function loadPrevious(db: Database, unitId: number): PreviousUnit {
  const unit = db.getSql<{ config_sig: string; provenance_sig: string }>(
    'SELECT config_sig, provenance_sig FROM scan_units WHERE id = ?',
    unitId,
  )
  const rows = db.allSql<KeyRow>(
    'SELECT scope, type, name, rel_path, fragment, stat_sig FROM artifacts WHERE unit_id = ?',
    unitId,
  )
  const artifacts = new Map<string, string>()
  const names = new Map<string, string>()
  for (const { rel_path: relPath, stat_sig: statSig, name, ...rest } of rows) {
    const key = artifactKey({ ...rest, relPath })
    artifacts.set(key, statSig.toString('hex'))
    names.set(key, name)
  }
  return { configSig: unit?.config_sig ?? '', provenanceSig: unit?.provenance_sig ?? '', artifacts, names }
}
