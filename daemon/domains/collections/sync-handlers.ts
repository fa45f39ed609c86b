import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { checkSync, previewSync, pullSync, pushSync } from './sync-service.ts'

export const syncHandlers: Handlers<DaemonContext, `sync.${'check' | 'preview' | 'pull' | 'push'}`> = {
  'sync.check': checkSync,
  'sync.preview': previewSync,
  'sync.pull': pullSync,
  'sync.push': pushSync,
}
