import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { findProject } from '../cache/index.ts'
import { selectChangeCounts, selectFirstEventAt } from './events-repo.ts'

type Params = ParsedParamsOf<'events.activity'>
type Day = ResultOf<'events.activity'>['items'][number]

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** Events read at a time; one takes about 10 us. */
const SLICE = 300

/**
 * What happened to artifacts, added up by day, today included. Days have 24 hours and begin where the caller's clock
 * says midnight now; where it was set by an hour since, earlier days begin an hour beside theirs.
 * Errors: `project.not_found`, `project.ambiguous`.
 */
export async function eventActivity(
  { db, memo, now }: DaemonContext,
  { days, utcOffset, project }: Params,
): Promise<ResultOf<'events.activity'>> {
  const projectId = project === undefined ? null : findProject(db, project).id
  const offset = utcOffset * MINUTE_MS
  const today = Math.floor((now() + offset) / DAY_MS) * DAY_MS - offset
  const from = today - (days - 1) * DAY_MS
  return memo.made(JSON.stringify(['activity', from, days, projectId]), async () => {
    const items = Array.from({ length: days }, (_, at): Day => {
      return { at: from + at * DAY_MS, added: 0, changed: 0, removed: 0 }
    })
    for (let after = 0; ; ) {
      const rows = selectChangeCounts(db, { projectId, since: from, after, limit: SLICE })
      for (const { at, added, changed, removed } of rows) {
        // What is of tomorrow was told by a clock that was set back since.
        const day = items[Math.min(Math.floor((at - from) / DAY_MS), days - 1)] as Day
        day.added += added
        day.changed += changed
        day.removed += removed
      }
      const last = rows.at(-1)
      if (rows.length < SLICE || !last) return { items, since: selectFirstEventAt(db) }
      after = last.id
      await nextTurn()
    }
  })
}
