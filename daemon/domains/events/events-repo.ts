/** Rows of what happened. */
import type { Topic } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { built, param, qb } from '../../kernel/db/query-builder.ts'

/** Which events are asked for. */
export type EventFilter = { projectId: number | null; topic: Topic | null }

export type EventRow = { id: number; at: number; topic: string; data: string }

/**
 * Up to `limit` events before the row `before`, newest first.
 * Plan: backwards through events_project, events_topic, or the rows as they are; nothing is sorted.
 */
export function selectEvents(
  db: Database,
  { projectId, topic, before, limit }: EventFilter & { before: number | null; limit: number },
): EventRow[] {
  const text = built(`events ${projectId !== null} ${topic !== null} ${before !== null}`, () => {
    let query = filtered(projectId, topic).select(['id', 'at', 'topic', 'data']).orderBy('id', 'desc')
    if (before !== null) query = query.where('id', '<', param<number>('before'))
    return query.limit(param<number>('limit'))
  })
  return db.allSql(text, { ...named({ projectId, topic }), ...(before === null ? {} : { before }), limit })
}

/** Plan: covering, of the same indexes. */
export function countEvents(db: Database, { projectId, topic }: EventFilter): number {
  const text = built(`count events ${projectId !== null} ${topic !== null}`, () =>
    filtered(projectId, topic).select((eb) => eb.fn.countAll<number>().as('n')),
  )
  return db.valueSql<number>(text, named({ projectId, topic })) ?? 0
}

/** One change of artifacts in numbers. */
export type ChangeCounts = { id: number; at: number; added: number; changed: number; removed: number }

/** Up to `limit` changes of artifacts after the row `after`. Plan: forwards through events_project or events_topic. */
export function selectChangeCounts(
  db: Database,
  {
    projectId,
    since,
    after,
    limit,
  }: { projectId: number | null; since: number; after: number; limit: number },
): ChangeCounts[] {
  const count = (what: string): string => `coalesce(data ->> '$.counts.${what}', 0) AS ${what}`
  const [index, which] =
    projectId === null ? ['events_topic', ''] : ['events_project', 'project_id = +:projectId AND +']
  return db.allSql(
    `SELECT id, at, ${count('added')}, ${count('changed')}, ${count('removed')}
     FROM events INDEXED BY ${index}
     WHERE ${which}topic = 'artifacts.changed' AND id > +:after AND at >= +:since ORDER BY id LIMIT +:limit`,
    { ...(projectId === null ? {} : { projectId }), after, since, limit },
  )
}

/** When the oldest event that is kept happened, Unix ms; null when there is none. Plan: events_at. */
export const selectFirstEventAt = (db: Database): number | null =>
  db.valueSql<number | null>('SELECT min(at) FROM events') ?? null

function filtered(projectId: number | null, topic: Topic | null) {
  let query = qb.selectFrom('events')
  if (projectId !== null) query = query.where('project_id', '=', param<number>('projectId'))
  if (topic !== null) query = query.where('topic', '=', param<string>('topic'))
  return query
}

const named = ({ projectId, topic }: EventFilter): Record<string, string | number> => ({
  ...(projectId === null ? {} : { projectId }),
  ...(topic === null ? {} : { topic }),
})
