/** Events in a few words, for `smd watch` and `smd history`. */
import type { AnyEvent, TopicData } from '../../protocol/events.ts'
import { countOf } from './counts.ts'
import { formatDuration, plural } from './values.ts'

/** What happened, and to which project; null when to none. */
export type EventText = { project: string | null; what: string }

/** Names are shown up to this number. */
const NAMES = 5

/** `now`, Unix ms, is for times to come. */
export function eventText(event: AnyEvent, now: number): EventText {
  const { topic, data } = event
  switch (topic) {
    case 'refresh.started':
      return none(
        data.projectIds.length > 0
          ? `reading ${plural(data.projectIds.length, 'project')}`
          : `reading ${data.full ? 'everything' : 'what is stale'}`,
      )
    case 'refresh.progress':
      return none(
        data.unitsTotal === 0
          ? 'looking for projects'
          : `${data.unitsDone} of ${plural(data.unitsTotal, 'folder')} read, ${plural(data.artifacts, 'artifact')}`,
      )
    case 'refresh.completed':
      return none(
        `read ${plural(data.projectsRefreshed, 'project')} in ${formatDuration(data.durationMs)}, ${plural(data.changesDetected, 'change')}${data.success ? '' : ', not everything could be read'}`,
      )
    case 'refresh.failed': {
      const again = data.retryAt === null ? '' : `; tried again ${inTime(data.retryAt, now)}`
      return none(`${data.path || 'the disk'} could not be read: ${data.error}${again}`)
    }
    case 'projects.changed':
      return { project: data.name, what: projectChange(data) }
    case 'artifacts.changed':
      return { project: data.project?.name ?? null, what: artifactChanges(data) }
    case 'collections.changed':
      return none(`collection ${data.name} has changed`)
    case 'deployments.changed':
      return { project: data.project?.name ?? null, what: deploymentChanges(data) }
    case 'jobs.changed':
      return none(jobChange(data, now))
    case 'health.changed':
      return none([data.state, data.warnings.join(', ')].filter(Boolean).join(': '))
  }
}

const none = (what: string): EventText => ({ project: null, what })

function projectChange({ change, path, status }: TopicData<'projects.changed'>): string {
  if (change === 'added') return `found: ${path}`
  if (change === 'removed') return `forgotten: ${path}`
  return status === 'error' ? 'cannot be read now' : `is ${status} now`
}

/** `3 skills changed: a, b, c; 1 agent added: d`. */
function artifactChanges({ project, path, counts, ...lists }: TopicData<'artifacts.changed'>): string {
  const parts = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
    const count = counts[kind]
    if (count === 0) return []
    const items = lists[kind]
    const [type, ...others] = new Set(items.map((item) => item.type))
    const what =
      type && others.length === 0 && items.length === count ? countOf(type, count) : plural(count, 'artifact')
    if (items.length === 0) return `${what} ${kind}`
    const names = items.slice(0, NAMES).map(({ name }) => name)
    return `${what} ${kind}: ${[...names, ...(count > names.length ? ['…'] : [])].join(', ')}`
  })
  return parts.join('; ') + (project ? '' : ` (${path})`)
}

/** `1 deployment added, 2 changed`. */
function deploymentChanges({ project, path, counts }: TopicData<'deployments.changed'>): string {
  const kinds = (['added', 'changed', 'removed'] as const).filter((kind) => counts[kind] > 0)
  const parts = kinds.map((kind, n) =>
    n === 0 ? `${plural(counts[kind], 'deployment')} ${kind}` : `${counts[kind]} ${kind}`,
  )
  return parts.join(', ') + (project ? '' : ` (${path})`)
}

function jobChange({ name, state, outcome, nextAt }: TopicData<'jobs.changed'>, now: number): string {
  if (state === 'running') return `job ${name} runs`
  if (state === 'paused') return `job ${name} is paused`
  const ended = outcome === null ? 'waits' : `ended: ${outcome}`
  return `job ${name} ${ended}${nextAt === null ? '' : `; next ${inTime(nextAt, now)}`}`
}

const inTime = (at: number, now: number): string => `in ${formatDuration(Math.max(0, at - now))}`
