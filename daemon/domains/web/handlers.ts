import type { webMethods } from '../../../protocol/domains/web.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { createToken, listTokens, revokeToken } from './tokens-service.ts'
import { signOut, webLink, webStatus } from './web-service.ts'

export const webHandlers: Handlers<DaemonContext, keyof typeof webMethods> = {
  'web.status': webStatus,
  'web.link': webLink,
  'web.signout': signOut,
  'tokens.create': createToken,
  'tokens.list': listTokens,
  'tokens.revoke': revokeToken,
}
