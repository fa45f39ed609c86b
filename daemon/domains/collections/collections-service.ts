import type { ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { doWork } from './do-work.ts'

/** All collections, also those whose manifest cannot be read. */
export function listCollections(ctx: DaemonContext): Promise<ResultOf<'collections.list'>> {
  return doWork(ctx, 'listCollections', {})
}
