/**
 * What happened and what happens: the stream of events for whoever follows it, and the history of projects and
 * artifacts.
 *
 * Owns the table `events` (migration 003). Serves the methods of `protocol/domains/events.ts`. `kernel/events` numbers,
 * keeps and hands out what others publish, and writes the rows beside the changes they tell of.
 */
export { eventHandlers } from './handlers.ts'
export type { EventTables } from './tables.ts'
