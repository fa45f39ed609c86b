/**
 * The daemon itself: who it is and how it is, its end, its settings, and the description of its protocol.
 *
 * Owns no table. Serves `protocol/domains/{daemon,config}.ts`; the rules of the settings are in `kernel/config`.
 */

export { systemHandlers } from './handlers.ts'
