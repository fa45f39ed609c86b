/** Asks the sources of artifacts what they hold now. */
import type { AnyEvent, TopicData } from '../../../../protocol/events.ts'
import type { Database } from '../../../kernel/db/database.ts'
import type { NetOptions } from '../../../kernel/net/http-client.ts'
import { UpstreamError, type UpstreamFailure, type UpstreamProviders } from '../source.ts'
import {
  type ChangedArtifact,
  dropUnusedSources,
  judgeSource,
  recordAnswer,
  recordFailure,
  type SourceToAsk,
  selectDue,
} from './answers.ts'

/** How many sources are asked at the same time. */
const AT_ONCE = 4
/** Pause after the first failure; each further one doubles it, up to a day. */
const FIRST_PAUSE_MS = 5 * 60_000
const LONGEST_PAUSE_MS = 86_400_000
/** Names that an event holds; the counts say how many there are. */
const NAMED = 100

export type CheckRequest = {
  /** Also what was asked less than `intervalMs` ago. */
  force: boolean
  /** Rows of `upstream_sources`; null asks all. */
  sourceIds: number[] | null
  intervalMs: number
  /** Unix ms. */
  now: number
  /** For whoever makes the providers. */
  net: Pick<NetOptions, 'offline' | 'timeoutMs'>
}

export type CheckResult = {
  /** Known places. */
  sources: number
  /** Of those, asked now; the rest was asked not long ago or has to wait after a failure. */
  asked: number
  /** Answered that nothing has changed. */
  unchanged: number
  /** Hold something else than before. */
  changed: number
  /** Not asked, because there is no network or it may not be used. */
  offline: number
  failed: Array<{
    source: string
    reason: UpstreamFailure
    message: string
    /** What was behind it, for the log. */
    cause: string | null
    retryAt: number
  }>
  /** Requests that went out for it. */
  requests: number
  /** Outdated artifacts, afterwards. */
  outdated: number
  /** Artifacts whose state or version is another one now. */
  artifactsChanged: number
  /** The same to be told, for each scan unit and source. */
  events: Array<TopicData<'artifacts.changed'>>
}

/** Where nobody may be asked: every question finds the network missing. */
export const noProviders: UpstreamProviders = {
  ask: () => Promise.reject(new UpstreamError('offline', 'Nobody may be asked here.')),
  files: () => Promise.reject(new UpstreamError('offline', 'Nobody may be asked here.')),
  requests: 0,
}

/**
 * Asks each due source once for all artifacts that come from it, and judges those anew whose source answered something
 * else. A source that fails keeps its last answer and waits longer each time; without network nothing counts as failed.
 * `keep` puts an event beside the change it tells of, in the same transaction.
 */
export async function checkUpstream(
  db: Database,
  providers: UpstreamProviders,
  { force, sourceIds, intervalMs, now }: Omit<CheckRequest, 'net'>,
  signal: AbortSignal,
  keep: (event: AnyEvent) => void,
): Promise<CheckResult> {
  db.transaction(() => dropUnusedSources(db))
  const due = selectDue(db, { now, before: now - intervalMs, force, ids: sourceIds })
  const before = providers.requests
  const result = { asked: 0, unchanged: 0, changed: 0, offline: 0, failed: [] as CheckResult['failed'] }
  const events: CheckResult['events'] = []
  const judge = (source: SourceToAsk): void => {
    const told = byUnit(db, judgeSource(db, source.id))
    for (const data of told) keep({ topic: 'artifacts.changed', data })
    events.push(...told)
  }
  const ask = async (source: SourceToAsk): Promise<void> => {
    try {
      const answer = await providers.ask(source.query, signal)
      result.asked++
      if (answer.kind === 'unchanged') result.unchanged++
      db.transaction(() => {
        const isChanged = recordAnswer(db, source, answer, now)
        if (isChanged) result.changed++
        judge(source)
      })
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      if (error.reason === 'offline') {
        result.offline++
        return
      }
      result.asked++
      const retryAt = error.retryAt ?? now + pauseAfter(source.failures)
      const { reason, message } = error
      const cause = error.cause instanceof Error ? error.cause.message : null
      result.failed.push({ source: source.key, reason, message, cause, retryAt })
      db.transaction(() => {
        recordFailure(db, source, error, { now, retryAt })
        judge(source)
      })
    }
  }
  await eachOf(due, AT_ONCE, signal, ask)
  return {
    ...result,
    sources: db.valueSql<number>('SELECT count(*) FROM upstream_sources') ?? 0,
    requests: providers.requests - before,
    outdated: db.valueSql<number>('SELECT count(*) FROM artifacts WHERE is_outdated = 1') ?? 0,
    artifactsChanged: events.reduce((sum, { counts }) => sum + counts.changed, 0),
    events,
  }
}

const pauseAfter = (failures: number): number => Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)

/** Runs `work` for every item, some at the same time. One that throws does not stop the others; the first error is thrown. */
async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const errors: unknown[] = []
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (signal.aborted) return
      await work(item).catch((error: unknown) => errors.push(error))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  if (errors.length > 0) throw errors[0]
}

function byUnit(db: Database, changed: readonly ChangedArtifact[]): CheckResult['events'] {
  return [...Map.groupBy(changed, ({ unitId }) => unitId)].flatMap(([unitId, artifacts]) => {
    const unit = db.getSql<{ path: string; uid: Buffer | null; name: string; projectPath: string }>(
      `SELECT u.path, p.uid, p.name, p.path AS projectPath
       FROM scan_units u LEFT JOIN projects p ON p.id = u.project_id WHERE u.id = ?`,
      unitId,
    )
    if (!unit) return []
    const { path, uid, name, projectPath } = unit
    return {
      project: uid && { id: `prj_${uid.toString('hex')}`, name, path: projectPath },
      path,
      counts: { added: 0, changed: artifacts.length, removed: 0 },
      added: [],
      changed: artifacts
        .slice(0, NAMED)
        .map((each) => ({ id: `art_${each.uid.toString('hex')}`, name: each.name, type: each.type })),
      removed: [],
    }
  })
}
