import { warnables } from '../../../protocol/health.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { PROTOCOL_VERSION } from '../../../protocol/version.ts'
import { eventTopics } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { logLevels } from '../../kernel/log/logger.ts'
import { type Family, METRICS_TYPE, renderMetrics, type Sample } from '../../kernel/metrics/exposition.ts'
import { processMetrics } from '../../kernel/metrics/process-metrics.ts'
import { cacheSize, freshnessOf, selectCacheCounts } from '../cache/index.ts'

/** Everything smd counts, in the text format of Prometheus. */
export function daemonMetrics(ctx: DaemonContext): ResultOf<'daemon.metrics'> {
  const families = [
    ...processMetrics(ctx.identity.startedAt, ctx.metrics.eventLoop),
    ...daemonFamilies(ctx),
    ...requestFamilies(ctx),
    ...cacheFamilies(ctx),
    ...watchFamilies(ctx),
    ...eventFamilies(ctx),
    ...jobFamilies(ctx),
    ...healthFamilies(ctx),
  ]
  return { contentType: METRICS_TYPE, text: renderMetrics(families) }
}

function daemonFamilies({ identity, now, metrics, log }: DaemonContext): Family[] {
  const { version, startedAt } = identity
  const build = { version, protocol: `${PROTOCOL_VERSION}` }
  return [
    gauge('smd_build_info', 'Version of the daemon.', [{ labels: build, value: 1 }]),
    gauge('smd_uptime_seconds', 'Time since the start.', [{ value: Math.max(0, now() - startedAt) / 1_000 }]),
    gauge('smd_connections', 'Open connections.', [{ value: metrics.connections }]),
    counter(
      'smd_http_failed_proofs_total',
      'Tokens and sign-in codes that let nobody in, by kind.',
      Object.entries(metrics.failedProofs).map(([kind, value]) => ({ labels: { kind }, value })),
    ),
    counter(
      'smd_log_lines_total',
      'Lines of the log.',
      logLevels.map((level) => ({ labels: { level }, value: log.counts[level] })),
    ),
  ]
}

function requestFamilies({ metrics }: DaemonContext): Family[] {
  const { methods } = metrics
  return [
    counter(
      'smd_requests_total',
      'Requests that were answered, by method.',
      methods.map(([method, { durations }]) => ({ labels: { method }, value: durations.distribution.count })),
    ),
    counter(
      'smd_request_errors_total',
      'Requests that failed, by method.',
      methods.map(([method, { errors }]) => ({ labels: { method }, value: errors })),
    ),
    {
      name: 'smd_request_duration_seconds',
      help: 'How long requests took, by method.',
      type: 'histogram',
      samples: methods.map(([method, { durations }]) => ({
        labels: { method },
        value: durations.distribution,
      })),
    },
  ]
}

function cacheFamilies(ctx: DaemonContext): Family[] {
  const { db, storage, usage, metrics } = ctx
  const counts = selectCacheCounts(db, freshnessOf(ctx))
  return [
    gauge('smd_cache_projects', 'Projects in the cache.', [{ value: counts.projects }]),
    gauge(
      'smd_cache_artifacts',
      'Artifacts in the cache, by type.',
      Object.entries(counts.byType).map(([type, value]) => ({ labels: { type }, value })),
    ),
    gauge('smd_cache_size_bytes', 'Size of cache.db and its log.', [{ value: cacheSize(storage.path) }]),
    counter('smd_cache_reads_total', 'Reads answered from a fresh cache, and those that had to wait.', [
      { labels: { result: 'hit' }, value: usage.hits },
      { labels: { result: 'miss' }, value: usage.misses },
    ]),
    counter('smd_cache_queries_total', 'Queries of the cache.', [{ value: usage.queries.count }]),
    counter(
      'smd_cache_slow_queries_total',
      'Queries that took longer than log.slow_query_ms, by method.',
      [...usage.slow].map(([method, value]) => ({ labels: { method }, value })),
    ),
    {
      name: 'smd_refresh_duration_seconds',
      help: 'How long reading the disk took.',
      type: 'histogram',
      samples: [{ value: metrics.refreshes.distribution }],
    },
  ]
}

/** Nothing of it before the first refresh, and while nothing is watched. */
function watchFamilies({ watches }: DaemonContext): Family[] {
  const { folders, units, scanUnits, startMs } = watches?.state ?? {
    folders: 0,
    units: 0,
    scanUnits: 0,
    startMs: null,
  }
  return [
    gauge('smd_watched_folders', 'Folders that are watched.', [{ value: folders }]),
    gauge('smd_watch_units', 'Projects, plugins and other places that are followed, by how.', [
      { labels: { mode: 'watch' }, value: units - scanUnits },
      { labels: { mode: 'scan' }, value: scanUnits },
    ]),
    gauge(
      'smd_watch_start_seconds',
      'How long it took to watch everything for the first time.',
      startMs === null ? [] : [{ value: startMs / 1_000 }],
    ),
  ]
}

function eventFamilies({ events }: DaemonContext): Family[] {
  return [
    gauge('smd_event_followers', 'Clients that are told what happens.', [{ value: events.followers.size }]),
    counter(
      'smd_events_total',
      'What happened, by topic.',
      eventTopics.map((topic) => ({ labels: { topic }, value: events.counts.get(topic) ?? 0 })),
    ),
  ]
}

function jobFamilies({ jobs }: DaemonContext): Family[] {
  const { states } = jobs
  const byJob = (value: (state: (typeof states)[number]) => number | null): Sample[] =>
    states.flatMap((state) => {
      const found = value(state)
      return found === null ? [] : [{ labels: { job: state.job.name }, value: found }]
    })
  return [
    gauge(
      'smd_job_running',
      'Whether the job runs now.',
      byJob(({ state }) => Number(state === 'running')),
    ),
    gauge(
      'smd_job_last_start_time_seconds',
      'Unix time at which the job began last.',
      byJob(({ last }) => last && last.startedAt / 1_000),
    ),
    gauge(
      'smd_job_last_success',
      'Whether the last run that is over succeeded.',
      byJob(({ last }) => (last?.outcome ? Number(last.outcome === 'success') : null)),
    ),
    counter(
      'smd_job_skipped_total',
      'Times of the schedule that were let pass, by job.',
      byJob(({ skipped }) => skipped),
    ),
  ]
}

/** A warning that is not there is 0, so that an alert ends when it goes. */
function healthFamilies({ health }: DaemonContext): Family[] {
  const { warnings, state } = health
  return [
    gauge(
      'smd_health_warning',
      'Whether this is warned of (docs/operations/troubleshooting.md).',
      Object.entries(warnables).map(([code, { severity }]) => ({
        labels: { code, severity },
        value: Number(warnings.some((warning) => warning.code === code)),
      })),
    ),
    gauge(
      'smd_health_state',
      'Which of the states the daemon is in.',
      (['ok', 'degraded', 'failing'] as const).map((name) => ({
        labels: { state: name },
        value: Number(name === state),
      })),
    ),
  ]
}

const gauge = (name: string, help: string, samples: Sample[]): Family => ({
  name,
  help,
  type: 'gauge',
  samples,
})
const counter = (name: string, help: string, samples: Sample[]): Family => ({
  name,
  help,
  type: 'counter',
  samples,
})
