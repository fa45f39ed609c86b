import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { createToken, listTokens, revokeToken } from './tokens-service.ts'

export const tokenHandlers: Handlers<DaemonContext, 'tokens.create' | 'tokens.list' | 'tokens.revoke'> = {
  'tokens.create': createToken,
  'tokens.list': listTokens,
  'tokens.revoke': revokeToken,
}
