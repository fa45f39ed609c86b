/** Where the page lies. */

/** Path of the page without a slash at its end, e.g. `` or `/smd`; the daemon writes it into `<base>`. */
export const basePath: string = new URL('.', document.baseURI).pathname.replace(/\/$/, '')

/** Address of something the daemon serves, e.g. `rpc`. */
export const addressOf = (path: string): string => new URL(path, document.baseURI).href
