import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { doWork } from './do-work.ts'

/** The deployment sets of a collection. Errors: `collection.not_found`. */
export function listSets(
  ctx: DaemonContext,
  { collection }: ParsedParamsOf<'sets.list'>,
): Promise<ResultOf<'sets.list'>> {
  return doWork(ctx, 'listSets', { collection: collection ?? null })
}

/** Errors: what it names is not there, `deploy.set_cycle`. */
export function saveSet(
  ctx: DaemonContext,
  { collection, ...set }: ParsedParamsOf<'sets.save'>,
): Promise<ResultOf<'sets.save'>> {
  return doWork(ctx, 'saveSet', { collection: collection ?? null, set })
}

/** Errors: `deploy.set_not_found`, `deploy.set_in_use`. */
export function deleteSet(
  ctx: DaemonContext,
  { collection, name }: ParsedParamsOf<'sets.delete'>,
): Promise<ResultOf<'sets.delete'>> {
  return doWork(ctx, 'deleteSet', { collection: collection ?? null, name })
}
