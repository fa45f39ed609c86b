import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { read } from '../cache/index.ts'
import { findLeftovers, removeLeftovers } from './cleanup-service.ts'

export const cleanupHandlers: Handlers<DaemonContext, 'cleanup.find' | 'cleanup.remove'> = {
  'cleanup.find': read('cleanup.find', findLeftovers),
  'cleanup.remove': removeLeftovers,
}
