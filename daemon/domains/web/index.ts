/**
 * HTTP: who is let in beside the user's own command line, and what is answered below `/api`.
 *
 * Owns no table; tokens lie in tokens.json in the data folder. Serves `protocol/domains/web.ts`.
 */
export { webHandlers } from './handlers.ts'
export { TokenStore } from './token-store.ts'
