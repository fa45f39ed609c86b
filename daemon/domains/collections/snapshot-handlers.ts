import type { snapshotMethods } from '../../../protocol/domains/snapshots.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import {
  analyzeRollback,
  compareSnapshots,
  createSnapshot,
  deleteSnapshot,
  exportSnapshot,
  listSnapshots,
  rollback,
  showSnapshot,
} from './snapshots-service.ts'

export const snapshotHandlers: Handlers<DaemonContext, keyof typeof snapshotMethods> = {
  'snapshots.list': listSnapshots,
  'snapshots.create': createSnapshot,
  'snapshots.show': showSnapshot,
  'snapshots.analyze': analyzeRollback,
  'snapshots.rollback': rollback,
  'snapshots.delete': deleteSnapshot,
  'snapshots.export': exportSnapshot,
  'snapshots.compare': compareSnapshots,
}
