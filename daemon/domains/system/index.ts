/**
 * The daemon itself: who it is and how it is, its end, its log and figures, its settings, and the description of its
 * protocol.
 *
 * Owns no table. Serves `protocol/domains/{daemon,logs,config}.ts`; the rules of the settings are in `kernel/config`.
 */

export { systemHandlers } from './handlers.ts'
