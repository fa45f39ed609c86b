/**
 * What lies around on this machine and is of no use: links that lead nowhere, copies of the cache, what other programs left.
 *
 * `work/` finds and removes it where the disk is read. What belongs to another program is told and never removed. Serves
 * `protocol/domains/cleanup.ts`.
 */
export { cleanupHandlers } from './handlers.ts'
