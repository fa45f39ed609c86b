/**
 * What happened: the history of projects and artifacts.
 *
 * Owns the table `events`.
 */
export type { EventTables } from './tables.ts'
