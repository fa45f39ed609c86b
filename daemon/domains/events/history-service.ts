import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { findProject } from '../cache/index.ts'
import { countEvents, type EventRow, selectEvents } from './events-repo.ts'

type Item = ResultOf<'events.history'>['items'][number]

/**
 * One page of what happened, newest first: of everything, one project, one topic. A project that is known no more has
 * no history but for the event that says so.
 * Errors: `page.bad_cursor`, `project.not_found`, `project.ambiguous`.
 */
export function eventHistory(
  { db }: DaemonContext,
  { project, topic, limit, cursor }: ParsedParamsOf<'events.history'>,
): ResultOf<'events.history'> {
  const projectId = project === undefined ? null : findProject(db, project).id
  const filter = { projectId, topic: topic ?? null }
  const scope = JSON.stringify(['events', filter])
  const before = unpackCursor(scope, cursor)?.[0] ?? null
  const rows = selectEvents(db, {
    ...filter,
    before: before === null ? null : Number(before),
    limit: limit + 1,
  })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(toItem),
    total: countEvents(db, filter),
    nextCursor: last ? packCursor(scope, [last.id]) : null,
  }
}

const toItem = ({ at, topic, data }: EventRow): Item => ({ at, topic, data: JSON.parse(data) }) as Item
