/**
 * The page in the browser: where it is served, how browsers are signed in, who else may come in over HTTP.
 *
 * Owns no table, but two files in the state folder, the sessions and the port, and one in the data folder, the tokens.
 * Serves `protocol/domains/web.ts`. How HTTP is spoken is the matter of `kernel/http`; `daemon/http.ts` puts both
 * together, and is loaded after the start.
 */

export { webHandlers } from './handlers.ts'
export { TokenStore } from './token-store.ts'
export { Web } from './web.ts'
