import { sql } from 'kysely'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { CacheMemo } from './memo.ts'
import { describeDiagnostic } from './scan/diagnostics.ts'
import type { Diagnostic } from './scan/types.ts'

/** An artifact as the protocol shows it in lists. */
export type ArtifactItem = ResultOf<'artifacts.list'>['items'][number]

/** What an item is made of, as columns of `artifacts a` and `descriptions m`. */
export const ITEM_COLUMNS = [
  'a.id',
  sql<string>`lower(hex(a.uid))`.as('uid'),
  'a.name',
  'a.type',
  'a.scope',
  'a.project_id',
  'a.unit_id',
  'a.rel_path',
  'a.source',
  'a.deployed_version',
  'a.upstream_version',
  'a.is_outdated',
  'a.local_modified',
  sql<string>`lower(hex(a.hash))`.as('hash'),
  'a.size_bytes',
  'a.tokens',
  'a.modified_at',
  'm.description',
  'm.tags',
  'm.diagnostics',
] as const

export type ItemRow = {
  id: number
  uid: string
  name: string
  type: ArtifactType
  scope: ArtifactScope
  project_id: number | null
  unit_id: number
  rel_path: string
  source: string | null
  deployed_version: string | null
  upstream_version: string | null
  is_outdated: number
  local_modified: number
  hash: string
  size_bytes: number
  tokens: number
  modified_at: number
  description: string | null
  tags: string | null
  diagnostics: string | null
}

/** Units and projects come from `memo`: they are few, and to join them for each row costs more than the row itself. */
export function toItem(row: ItemRow, memo: CacheMemo): ArtifactItem {
  return {
    id: `art_${row.uid}`,
    name: row.name,
    type: row.type,
    scope: row.scope,
    project: row.project_id === null ? null : memo.project(row.project_id),
    path: pathOf(row, memo),
    description: row.description,
    source: row.source,
    deployedVersion: row.deployed_version,
    upstreamVersion: row.upstream_version,
    isOutdated: row.is_outdated === 1,
    localModified: row.local_modified === 1,
    hash: row.hash,
    tags: row.tags === null ? [] : row.tags.split(','),
    sizeBytes: row.size_bytes,
    tokens: row.tokens,
    diagnostics: row.diagnostics === null ? [] : readDiagnostics(row.diagnostics),
    updatedAt: row.modified_at,
  }
}

/** Absolute path of an artifact; `rel_path` is absolute already when it lies outside of its unit. */
export function pathOf(
  { rel_path: path, unit_id: unit }: Pick<ItemRow, 'rel_path' | 'unit_id'>,
  memo: CacheMemo,
): string {
  if (path === '' || path === '.') return memo.unitPath(unit)
  return path.startsWith('/') || /^[A-Za-z]:/.test(path) ? path : `${memo.unitPath(unit)}/${path}`
}

/** Stored as `[code, detail]` pairs; the severity and sentence belong to the code. */
function readDiagnostics(stored: string): ArtifactItem['diagnostics'] {
  return (JSON.parse(stored) as Array<[string, string?]>).map(([code, detail = '']) =>
    wireDiagnostic({ code, detail }),
  )
}

/** A diagnostic as the protocol shows it. */
export function wireDiagnostic(diagnostic: Diagnostic) {
  return { code: diagnostic.code, ...describeDiagnostic(diagnostic) }
}
