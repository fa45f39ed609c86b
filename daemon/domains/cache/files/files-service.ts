import { SmdError } from '../../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../../context.ts'
import { pathOf } from '../artifact-item.ts'
import { uidOf } from '../ids.ts'
import type { PartRequest } from './config-part.ts'

type Row = { type: ArtifactType; unit_id: number; rel_path: string; fragment: string; hash: string }

/** What lies in an artifact's folder now. Errors: `artifact.not_found`, `artifact.unreadable`. */
export function filesOfArtifact(
  ctx: DaemonContext,
  { id }: ParsedParamsOf<'artifacts.files'>,
): Promise<ResultOf<'artifacts.files'>> {
  ctx.memo.refresh()
  return ctx.engine.listFiles(pathOf(rowOf(ctx, id), ctx.memo))
}

/**
 * What one of its files holds now; of a configuration file nothing but the artifact's part.
 * Errors: `artifact.not_found`, `artifact.unreadable`, `artifact.no_such_file`.
 */
export function fileOfArtifact(
  ctx: DaemonContext,
  { id, path }: ParsedParamsOf<'artifacts.file'>,
): Promise<ResultOf<'artifacts.file'>> {
  const row = rowOf(ctx, id)
  ctx.memo.refresh()
  return ctx.engine.readFile({ root: pathOf(row, ctx.memo), path, part: partOf(row) })
}

/** What of its file an artifact is; null for all of it. */
export function partOf({
  type,
  fragment,
  hash,
}: Pick<Row, 'type' | 'fragment' | 'hash'>): PartRequest | null {
  if (fragment === '') return null
  return { type: type === 'hook' || type === 'mcp' ? type : 'other', fragment, hash }
}

/** Plan: one search of the unique index on uid. */
function rowOf({ db }: DaemonContext, id: string): Row {
  const uid = uidOf('art', id)
  const sql =
    'SELECT type, unit_id, rel_path, fragment, lower(hex(hash)) AS hash FROM artifacts WHERE uid = ?'
  const row = uid && db.getSql<Row>(sql, uid)
  if (!row) throw new SmdError('artifact.not_found', { name: id })
  return row
}
