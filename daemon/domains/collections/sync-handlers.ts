import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import {
  checkSync,
  diffPaths,
  mergePaths,
  previewSync,
  pullSync,
  pushSync,
  updateCollection,
} from './sync-service.ts'

export const syncHandlers: Handlers<
  DaemonContext,
  `sync.${'check' | 'preview' | 'pull' | 'push'}` | `diff.${'paths' | 'merge'}` | 'collections.update'
> = {
  'sync.check': checkSync,
  'sync.preview': previewSync,
  'sync.pull': pullSync,
  'sync.push': pushSync,
  'collections.update': updateCollection,
  'diff.paths': diffPaths,
  'diff.merge': mergePaths,
}
