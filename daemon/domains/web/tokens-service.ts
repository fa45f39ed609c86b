import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import type { KeptToken } from './token-file.ts'

type AccessToken = ResultOf<'tokens.list'>['items'][number]

/** Makes a token. The only time its text is told. Errors: `token.exists`, `token.file_damaged`. */
export async function createToken(
  { tokens, log }: DaemonContext,
  { name, scope, days }: ParsedParamsOf<'tokens.create'>,
): Promise<ResultOf<'tokens.create'>> {
  const { token, kept } = await tokens.create(name, scope, days)
  log.info('token created', { name, scope, days })
  return { ...toWire(kept), token }
}

/** Errors: `token.file_damaged`. */
export function listTokens({ tokens }: DaemonContext): ResultOf<'tokens.list'> {
  return { items: tokens.list().map(toWire) }
}

/** Ends a token and what was opened with it. Errors: `token.not_found`, `token.file_damaged`. */
export async function revokeToken(
  { tokens, log }: DaemonContext,
  { token }: ParsedParamsOf<'tokens.revoke'>,
): Promise<ResultOf<'tokens.revoke'>> {
  const ended = await tokens.revoke(token)
  log.info('token revoked', { name: ended.name, scope: ended.scope })
  return toWire(ended)
}

const toWire = ({ id, name, scope, created, expires, last_used }: KeptToken): AccessToken => ({
  id,
  name,
  scope,
  createdAt: Date.parse(created),
  expiresAt: expires === null ? null : Date.parse(expires),
  lastUsedAt: last_used === null ? null : Date.parse(last_used),
})
