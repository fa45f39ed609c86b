import { describe, expect, it } from 'vitest'
import { eventLine } from '../../../client-cli/format/event-line.ts'
import { eventText } from '../../../client-cli/format/event-text.ts'
import type { AnyEvent } from '../../../protocol/events.ts'
import type { EventMessage } from '../../../protocol/follow-events.ts'
import { eventTopics } from '../../../protocol/vocabulary.ts'

const NOW = 1_000_000
const project = { id: 'prj_0123456789abcdef', name: 'shop', path: '/shop' }
const item = (name: string, type: 'skill' | 'mcp' | 'agent' = 'skill') => ({
  id: 'art_0123456789abcdef',
  name,
  type,
})
const changes = (data: Partial<Extract<AnyEvent, { topic: 'artifacts.changed' }>['data']>): AnyEvent => ({
  topic: 'artifacts.changed',
  data: {
    project,
    path: '/shop',
    counts: { added: 0, changed: 0, removed: 0 },
    added: [],
    changed: [],
    removed: [],
    ...data,
  },
})
const progress = { startedAt: 0, unitsDone: 3, unitsTotal: 0, artifacts: 7 }
const completed = {
  projectId: null,
  success: true,
  projectsRefreshed: 5,
  changesDetected: 1,
  durationMs: 1_234,
}
const failed = { projectId: null, path: '/shop', error: 'EIO', retryAt: null }
const job = { name: 'refresh', state: 'idle', outcome: 'success', nextAt: null } as const

const cases: Array<[AnyEvent, string]> = [
  [{ topic: 'refresh.started', data: { projectIds: [], full: true } }, 'reading everything'],
  [{ topic: 'refresh.started', data: { projectIds: [], full: false } }, 'reading what is stale'],
  [{ topic: 'refresh.started', data: { projectIds: [project.id], full: false } }, 'reading 1 project'],
  [{ topic: 'refresh.progress', data: progress }, 'looking for projects'],
  [{ topic: 'refresh.progress', data: { ...progress, unitsTotal: 9 } }, '3 of 9 folders read, 7 artifacts'],
  [{ topic: 'refresh.completed', data: completed }, 'read 5 projects in 1 s, 1 change'],
  [
    { topic: 'refresh.completed', data: { ...completed, success: false } },
    'read 5 projects in 1 s, 1 change, not everything could be read',
  ],
  [{ topic: 'refresh.failed', data: failed }, '/shop could not be read: EIO'],
  [
    { topic: 'refresh.failed', data: { ...failed, path: '', retryAt: NOW + 5_000 } },
    'the disk could not be read: EIO; tried again in 5 s',
  ],
  [
    { topic: 'projects.changed', data: { ...project, change: 'added', status: 'active' } },
    'shop: found: /shop',
  ],
  [
    { topic: 'projects.changed', data: { ...project, change: 'removed', status: 'missing' } },
    'shop: forgotten: /shop',
  ],
  [
    { topic: 'projects.changed', data: { ...project, change: 'changed', status: 'error' } },
    'shop: cannot be read now',
  ],
  [
    { topic: 'projects.changed', data: { ...project, change: 'changed', status: 'missing' } },
    'shop: is missing now',
  ],
  [
    changes({ counts: { added: 0, changed: 2, removed: 0 }, changed: [item('a'), item('b')] }),
    'shop: 2 skills changed: a, b',
  ],
  [
    changes({
      counts: { added: 1, changed: 0, removed: 2 },
      added: [item('pg', 'mcp')],
      removed: [item('a'), item('b', 'agent')],
    }),
    'shop: 1 MCP server added: pg; 2 artifacts removed: a, b',
  ],
  [
    changes({
      counts: { added: 250, changed: 0, removed: 0 },
      added: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => item(name)),
      project: null,
      path: '/home/me/.claude',
    }),
    '250 artifacts added: a, b, c, d, e, … (/home/me/.claude)',
  ],
  [
    changes({ counts: { added: 22, changed: 0, removed: 0 }, project: null, path: '/home/me/.claude' }),
    '22 artifacts added (/home/me/.claude)',
  ],
  [{ topic: 'collections.changed', data: { name: 'default', path: '/c' } }, 'collection default has changed'],
  [
    {
      topic: 'deployments.changed',
      data: { project, path: '/shop', counts: { added: 1, changed: 2, removed: 0 } },
    },
    'shop: 1 deployment added, 2 changed',
  ],
  [
    {
      topic: 'deployments.changed',
      data: { project: null, path: '/home/me/.claude', counts: { added: 0, changed: 0, removed: 2 } },
    },
    '2 deployments removed (/home/me/.claude)',
  ],
  [{ topic: 'jobs.changed', data: { ...job, state: 'running' } }, 'job refresh runs'],
  [{ topic: 'jobs.changed', data: { ...job, state: 'paused' } }, 'job refresh is paused'],
  [{ topic: 'jobs.changed', data: { ...job, outcome: null } }, 'job refresh waits'],
  [
    { topic: 'jobs.changed', data: { ...job, nextAt: NOW + 7_200_000 } },
    'job refresh ended: success; next in 2 h',
  ],
  [{ topic: 'health.changed', data: { state: 'ok', warnings: [] } }, 'ok'],
  [
    { topic: 'health.changed', data: { state: 'degraded', warnings: ['cache.memory', 'cache.newer'] } },
    'degraded: cache.memory, cache.newer',
  ],
]

describe('eventText', () => {
  it.each(cases)('%j', (event, expected) => {
    const { project: name, what } = eventText(event, NOW)
    expect(name === null ? what : `${name}: ${what}`).toBe(expected)
  })

  it('has words for every topic', () => {
    expect(new Set(cases.map(([{ topic }]) => topic))).toEqual(new Set(eventTopics))
  })
})

describe('eventLine', () => {
  const look = {
    paint: (_: string, text: string) => text,
    now: new Date(2026, 10, 25, 21, 45, 3, 123).getTime(),
  }
  const snapshot = {
    instance: 'x',
    seq: 0,
    at: look.now,
    refresh: null,
    lastRefreshAt: look.now - 60_000,
    projects: 1,
    artifacts: 3,
    outdatedArtifacts: 0,
    modifiedArtifacts: 0,
    health: { state: 'ok' as const, warnings: [] },
  }
  it.each<[EventMessage, string]>([
    [
      {
        method: 'events.event',
        params: {
          seq: 1,
          at: look.now,
          topic: 'projects.changed',
          data: { ...project, change: 'added', status: 'active' },
        },
      },
      'projects.changed    shop: found: /shop',
    ],
    [
      { method: 'events.snapshot', params: snapshot },
      'snapshot            1 project, 3 artifacts, read 1 min ago',
    ],
    [
      {
        method: 'events.snapshot',
        params: {
          ...snapshot,
          refresh: progress,
          outdatedArtifacts: 2,
          modifiedArtifacts: 1,
          health: { state: 'degraded', warnings: ['cache.memory'] },
        },
      },
      'snapshot            1 project, 3 artifacts, 2 outdated, 1 modified, degraded: cache.memory, being read now',
    ],
    [
      { method: 'events.gap', params: { from: 1, to: null, reason: 'restarted' } },
      'gap                 the daemon was started anew; what happened meanwhile is not shown',
    ],
    [
      { method: 'events.gap', params: { from: 1, to: 9, reason: 'too_old' } },
      'gap                 too much has happened meanwhile; it is not shown',
    ],
  ])('%#', (message, expected) => {
    expect(eventLine(message, look)).toBe(`2026-11-25 21:45:03.123 ${expected}`)
  })
})
