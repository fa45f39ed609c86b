/** What is done with the file of analytics; each opens it and closes it again, so that nothing holds it. */
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import type { Database } from '../../../kernel/db/database.ts'
import { libraryAllows } from './library-consent.ts'
import { dropEvents, forgetAll, lastUses, listEvents, summarize, topUsage, trends } from './reports.ts'
import { addEvent, openStore, type UsageEvent } from './store.ts'
import { type Counted, countTranscripts } from './transcripts.ts'

export type { UsageEvent } from './store.ts'

type Noting = { events: UsageEvent[]; retentionDays: number }
type Tools = { folders: MachineFolders; now: number }

const DAY_MS = 86_400_000

function withStore<Params, Result>(
  work: (db: Database, params: Params, tools: Tools) => Result,
): (tools: Tools, params: Params) => Promise<Result> {
  return async (tools, params) => {
    const db = openStore(tools.folders)
    try {
      return work(db, params, tools)
    } finally {
      db.close()
    }
  }
}

export const analyticsWork = {
  /** Notes events; drops those older than the retention (0 days: never). */
  noteUsage: withStore((db, { events, retentionDays }: Noting, { folders, now }) => {
    if (!libraryAllows(folders)) return { dropped: 0 }
    db.transaction(() => {
      for (const event of events) addEvent(db, event)
    })
    return { dropped: retentionDays === 0 ? 0 : dropEvents(db, now - retentionDays * DAY_MS) }
  }),
  countTranscripts: withStore((db, _: object, { folders }): Counted => countTranscripts(db, folders)),
  usageSummary: withStore((db, _: object, { folders, now }) => ({
    allowed: libraryAllows(folders),
    ...summarize(db, now),
  })),
  usageTop: withStore(topUsage),
  usageLast: withStore((db, _: object) => lastUses(db)),
  usageTrends: withStore((db, params: { period: 'day' | 'week' | 'month'; days: number }, { now }) =>
    trends(db, { ...params, now }),
  ),
  usageEvents: withStore(listEvents),
  /** `before` null: everything, also what is summed up. */
  usageClear: withStore((db, { before }: { before: number | null }) => ({
    removed: before === null ? forgetAll(db) : dropEvents(db, before),
  })),
}
