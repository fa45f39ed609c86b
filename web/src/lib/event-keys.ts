import type { EventMessage } from '../../../protocol/follow-events.ts'

/** Which answers each topic may have changed, by the beginnings of their keys. */
const changed: Record<string, readonly string[]> = {
  'refresh.completed': ['cache.status', 'projects.', 'daemon.status'],
  'refresh.failed': ['projects.', 'daemon.status'],
  'projects.changed': [
    'projects.',
    'artifacts.matrix',
    'artifacts.facets',
    'cache.status',
    'deployments.',
    'events.',
  ],
  'artifacts.changed': [
    'artifacts.',
    'projects.',
    'cache.status',
    'events.',
    'daemon.status',
    'collections.',
    'deployments.',
    'sync.',
  ],
  'collections.changed': [
    'artifacts.',
    'events.',
    'collections.',
    'deployments.',
    'groups.',
    'sets.',
    'snapshots.',
    'sync.',
    'tags.',
  ],
  'deployments.changed': ['deployments.', 'sync.'],
  'jobs.changed': ['jobs.', 'artifacts.outdated', 'upstream.'],
  'health.changed': ['daemon.status'],
}

const nothing: readonly string[] = []

/** Figures beside what somebody looks at: they may come when it is quiet, the rows come at once. */
const figures = ['artifacts.facets', 'cache.status', 'daemon.status', 'events.activity']

export const isFigure = (key: string): boolean => figures.some((beginning) => key.startsWith(beginning))

/**
 * Tells which queries have to be asked again after a message of the daemon, by their keys. After a gap, and after the
 * first snapshot of a new daemon, that is every one: something happened that nobody told.
 */
export function keysToldBy(message: EventMessage): (key: string) => boolean {
  if (message.method === 'events.gap') return () => false
  if (message.method === 'events.snapshot') return () => true
  const beginnings = changed[message.params.topic] ?? nothing
  return (key) => beginnings.some((beginning) => key.startsWith(beginning))
}
