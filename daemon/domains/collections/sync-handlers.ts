import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { checkSync, previewSync } from './sync-service.ts'

export const syncHandlers: Handlers<DaemonContext, `sync.${'check' | 'preview'}`> = {
  'sync.check': checkSync,
  'sync.preview': previewSync,
}
