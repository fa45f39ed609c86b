import type { EventMessage } from '../../protocol/follow-events.ts'
import type { Style } from '../io.ts'
import { eventText } from './event-text.ts'
import { localTime } from './local-time.ts'
import { formatAge, plural } from './values.ts'

type Look = {
  paint(style: Style, text: string): string
  /** Unix ms. */
  now: number
}

/** `2026-11-25 21:45:03.123 artifacts.changed   webshop: 1 skill changed: code-review`, in local time. */
export function eventLine(message: EventMessage, look: Look): string {
  const { paint, now } = look
  const at = message.method === 'events.gap' ? now : message.params.at
  const name =
    message.method === 'events.event' ? message.params.topic : message.method.slice('events.'.length)
  return [
    paint('dim', localTime(new Date(at))),
    paint(styleOf(message), name.padEnd('collections.changed'.length)),
    textOf(message, now),
  ].join(' ')
}

function styleOf(message: EventMessage): Style {
  if (message.method === 'events.gap') return 'yellow'
  if (message.method === 'events.snapshot') return 'cyan'
  const { topic, data } = message.params
  if (topic === 'refresh.failed') return 'red'
  if (topic === 'health.changed') return data.state === 'ok' ? 'green' : 'yellow'
  return topic.startsWith('refresh.') || topic === 'jobs.changed' ? 'dim' : 'green'
}

function textOf({ method, params }: EventMessage, now: number): string {
  if (method === 'events.event') {
    const { project, what } = eventText(params, now)
    return project === null ? what : `${project}: ${what}`
  }
  if (method === 'events.gap') {
    return params.reason === 'restarted'
      ? 'the daemon was started anew; what happened meanwhile is not shown'
      : 'too much has happened meanwhile; it is not shown'
  }
  const marks = [
    params.outdatedArtifacts > 0 ? `${params.outdatedArtifacts} outdated` : '',
    params.modifiedArtifacts > 0 ? `${params.modifiedArtifacts} modified` : '',
    params.health.state === 'ok' ? '' : `${params.health.state}: ${params.health.warnings.join(', ')}`,
    params.refresh ? 'being read now' : `read ${formatAge(params.lastRefreshAt, now)}`,
  ].filter(Boolean)
  return [plural(params.projects, 'project'), plural(params.artifacts, 'artifact'), ...marks].join(', ')
}
