import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { listCollections } from './collections-service.ts'

export const collectionHandlers: Handlers<DaemonContext, 'collections.list'> = {
  'collections.list': listCollections,
}
