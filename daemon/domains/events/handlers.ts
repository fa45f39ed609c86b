import type { eventMethods } from '../../../protocol/domains/events.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { eventActivity } from './activity-service.ts'
import { eventHistory } from './history-service.ts'
import { subscribe } from './subscribe-service.ts'

export const eventHandlers: Handlers<DaemonContext, keyof typeof eventMethods> = {
  'events.subscribe': subscribe,
  'events.history': eventHistory,
  'events.activity': eventActivity,
}
