/**
 * The page in the browser and HTTP: where they are served, how browsers are signed in, who else is let in beside the
 * user's own command line, and what is answered below `/api`.
 *
 * Owns no table, but files: the sessions and the port in the state folder, tokens.json in the data folder. Serves
 * `protocol/domains/web.ts`. How HTTP is spoken is the matter of `kernel/http`; `daemon/http.ts` puts both together, and
 * is loaded after the start.
 */

export { webHandlers } from './handlers.ts'
export { TokenStore } from './token-store.ts'
export { Web } from './web.ts'
