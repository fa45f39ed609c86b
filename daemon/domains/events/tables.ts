import type { Generated } from 'kysely'

/** Columns of migration 003. */
export type EventTables = {
  events: EventsTable
}

export type EventsTable = {
  id: Generated<number>
  /** Unix ms. */
  at: number
  /** See protocol/events.ts. */
  topic: string
  project_id: number | null
  /** JSON of the event's data. */
  data: string
}
