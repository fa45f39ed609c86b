/** The stream of events over HTTP: what stands in `event:` and `data:` (formats spec section 22). */
import { z } from 'zod'
import type { AnyEvent } from '../events.ts'
import { lazily } from '../method.ts'
import type { NotificationParams } from '../notifications.ts'
import { ProjectId } from '../primitives.ts'
import { eventTopics, type Topic } from '../vocabulary.ts'
import { iso, isoOrNull, Time } from './route.ts'

/** Where existing clients know another name, that one is told; otherwise the topic. */
const eventNames: Partial<Record<Topic, string>> = {
  'refresh.started': 'refresh_started',
  'refresh.completed': 'refresh_completed',
  'refresh.failed': 'refresh_error',
  'artifacts.changed': 'changes_detected',
}

export const restEventName = (topic: Topic): string => eventNames[topic] ?? topic

/** One event. */
export const RestEvent = lazily(() =>
  z.object({
    type: z.enum(eventTopics.map(restEventName)),
    timestamp: Time,
    topic: z.enum(eventTopics),
    project_ids: z.array(ProjectId).describe('Empty where it is not about single projects.'),
    project_id: ProjectId.nullable(),
    changes_detected: z.int().nonnegative(),
    error: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).describe('All of it, as `events.event` tells it.'),
  }),
)

export function toRestEvent(event: AnyEvent & { at: number }): z.output<ReturnType<typeof RestEvent>> {
  const projects = projectsOf(event)
  return {
    type: restEventName(event.topic),
    timestamp: iso(event.at),
    topic: event.topic,
    project_ids: projects,
    project_id: projects.length === 1 ? (projects[0] ?? null) : null,
    changes_detected: changesOf(event),
    error: event.topic === 'refresh.failed' ? event.data.error : null,
    details: event.data,
  }
}

function projectsOf({ topic, data }: AnyEvent): string[] {
  if (topic === 'refresh.started') return data.projectIds
  if (topic === 'refresh.completed' || topic === 'refresh.failed')
    return data.projectId === null ? [] : [data.projectId]
  if (topic === 'projects.changed') return [data.id]
  return topic === 'artifacts.changed' && data.project ? [data.project.id] : []
}

function changesOf({ topic, data }: AnyEvent): number {
  if (topic === 'refresh.completed') return data.changesDetected
  if (topic !== 'artifacts.changed') return 0
  return data.counts.added + data.counts.changed + data.counts.removed
}

/** How things stand, at the beginning of a stream and after a gap. */
export const RestSnapshot = lazily(() =>
  z.object({
    type: z.literal('snapshot'),
    timestamp: Time,
    is_refreshing: z.boolean(),
    last_refresh: Time.nullable(),
    total_projects: z.int(),
    total_artifacts: z.int(),
    outdated_artifacts: z.int(),
    modified_artifacts: z.int(),
    health: z.object({ state: z.string(), warnings: z.array(z.string()) }),
  }),
)

export const toRestSnapshot = (
  snapshot: NotificationParams<'events.snapshot'>,
): z.output<ReturnType<typeof RestSnapshot>> => ({
  type: 'snapshot',
  timestamp: iso(snapshot.at),
  is_refreshing: snapshot.refresh !== null,
  last_refresh: isoOrNull(snapshot.lastRefreshAt),
  total_projects: snapshot.projects,
  total_artifacts: snapshot.artifacts,
  outdated_artifacts: snapshot.outdatedArtifacts,
  modified_artifacts: snapshot.modifiedArtifacts,
  health: snapshot.health,
})
