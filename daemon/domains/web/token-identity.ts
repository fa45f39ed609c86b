import type { IdentitySource } from '../../kernel/http/identity.ts'
import type { TokenStore } from './token-store.ts'

/** Lets in who sends an access token as `Authorization: Bearer …`. */
export function tokenSource(tokens: TokenStore): IdentitySource {
  return ({ bearer }) => {
    const found = bearer === null ? null : tokens.find(bearer)
    if (!found) return null
    const { name, scope, expiresAt, ended } = found
    return { kind: 'token', name: `token ${name}`, scope, expiresAt, ended, setCookie: null }
  }
}
