import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { doWork } from './do-work.ts'
import { touched } from './touched.ts'

/** One page of a collection's snapshots. Errors: `page.bad_cursor`, `snapshot.no_collection`, `config.syntax`. */
export async function listSnapshots(
  ctx: DaemonContext,
  { collection: wanted, limit, cursor }: ParsedParamsOf<'snapshots.list'>,
): Promise<ResultOf<'snapshots.list'>> {
  const { collection, items } = await doWork(ctx, 'listSnapshots', { collection: wanted ?? null })
  const scope = JSON.stringify(['snapshots', collection])
  const before = unpackCursor(scope, cursor)?.[0]
  const rest = before === undefined ? items : items.filter(({ id }) => id < String(before))
  const shown = rest.slice(0, limit)
  const last = rest.length > limit ? shown.at(-1) : undefined
  return {
    collection,
    items: shown,
    total: items.length,
    nextCursor: last ? packCursor(scope, [last.id]) : null,
  }
}

export const createSnapshot = (
  ctx: DaemonContext,
  { collection, message }: ParsedParamsOf<'snapshots.create'>,
): Promise<ResultOf<'snapshots.create'>> =>
  doWork(ctx, 'createSnapshot', { collection: collection ?? null, message })

export const showSnapshot = (
  ctx: DaemonContext,
  { collection, ...rest }: ParsedParamsOf<'snapshots.show'>,
): Promise<ResultOf<'snapshots.show'>> =>
  doWork(ctx, 'showSnapshot', { collection: collection ?? null, ...rest })

export const analyzeRollback = (
  ctx: DaemonContext,
  params: ParsedParamsOf<'snapshots.analyze'>,
): Promise<ResultOf<'snapshots.analyze'>> => doWork(ctx, 'analyzeRollback', toRequest(params))

/** Goes back, and has the collection read again before it answers. Errors: those of `snapshots.rollback`. */
export async function rollback(
  ctx: DaemonContext,
  params: ParsedParamsOf<'snapshots.rollback'>,
): Promise<ResultOf<'snapshots.rollback'>> {
  const { path, ...answer } = await doWork(ctx, 'rollback', toRequest(params))
  if (answer.safetySnapshotId !== null) await touched(ctx, { paths: [path] })
  return answer
}

const toRequest = ({ collection, id, paths, keepChanges }: ParsedParamsOf<'snapshots.rollback'>) => ({
  collection: collection ?? null,
  id,
  paths: paths?.map((path) => path.replace(/\/+$/, '')) ?? null,
  keepChanges,
})

export const deleteSnapshot = (
  ctx: DaemonContext,
  { collection, id }: ParsedParamsOf<'snapshots.delete'>,
): Promise<ResultOf<'snapshots.delete'>> =>
  doWork(ctx, 'deleteSnapshot', { collection: collection ?? null, id })

export const exportSnapshot = (
  ctx: DaemonContext,
  { collection, id }: ParsedParamsOf<'snapshots.export'>,
): Promise<ResultOf<'snapshots.export'>> =>
  doWork(ctx, 'exportSnapshot', { collection: collection ?? null, id })

export const compareSnapshots = (
  ctx: DaemonContext,
  { collection, id, other }: ParsedParamsOf<'snapshots.compare'>,
): Promise<ResultOf<'snapshots.compare'>> =>
  doWork(ctx, 'compareSnapshots', { collection: collection ?? null, id, other: other ?? null })
