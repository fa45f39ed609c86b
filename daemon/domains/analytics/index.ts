/**
 * What was done with artifacts on this machine, noted for the user alone (formats spec section 27).
 *
 * `analytics.ts` gathers what others did; `work/` keeps it in a file of its own below the library and runs in the writer
 * process; paths are made anonymous before they leave this process (`privacy.ts`). Transcripts are counted only when the
 * user turned that on. Serves `protocol/domains/analytics.ts`.
 */
export { Analytics } from './analytics.ts'
export { analyticsHandlers } from './handlers.ts'
