import type { TopicData } from '../../../protocol/events.ts'
import type { Topic } from '../../../protocol/vocabulary.ts'
import type { Database } from '../db/database.ts'

/** What `putEvent` takes: an event of a durable topic. */
export type EventRecord = {
  [Name in Topic]: {
    /** Unix ms. */
    at: number
    topic: Name
    /** Row of the project, with which the event is forgotten; null for one that outlives it, or of none. */
    projectId: number | null
    data: TopicData<Name>
  }
}[Topic]

/** Keeps an event for the history; to be called in the transaction of the change it tells of. */
export function putEvent(db: Database, { at, topic, projectId, data }: EventRecord): void {
  db.runSql(
    'INSERT INTO events (at, topic, project_id, data) VALUES (?, ?, ?, ?)',
    at,
    topic,
    projectId,
    JSON.stringify(data),
  )
}
