import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { tokenHandlers } from './tokens-handlers.ts'
import { signOut, webLink, webStatus } from './web-service.ts'

export const webHandlers: Handlers<
  DaemonContext,
  'web.status' | 'web.link' | 'web.signOut' | keyof typeof tokenHandlers
> = {
  'web.status': webStatus,
  'web.link': webLink,
  'web.signOut': signOut,
  ...tokenHandlers,
}
