import { describe, expect, it } from 'vitest'
import type { EventMessage } from '../../../protocol/follow-events.ts'
import { eventTopics } from '../../../protocol/vocabulary.ts'
import { keysToldBy } from '../../../web/src/lib/event-keys.ts'

const told = (topic: string, key: string): boolean =>
  keysToldBy({ method: 'events.event', params: { topic } } as EventMessage)(key)

describe('which answers an event changes', () => {
  it.each([
    ['artifacts.changed', 'artifacts.table {}', true],
    ['artifacts.changed', 'projects.list all ', true],
    ['artifacts.changed', 'config.list {}', false],
    ['projects.changed', 'projects.list all ', true],
    ['projects.changed', 'artifacts.show {"name":"x"}', false],
    ['artifacts.changed', 'deployments.plan {}', true],
    ['artifacts.changed', 'sync.check {}', true],
    ['collections.changed', 'collections.show {}', true],
    ['collections.changed', 'snapshots.list tools 100', true],
    ['collections.changed', 'projects.list all ', false],
    ['deployments.changed', 'deployments.list {}', true],
    ['deployments.changed', 'sync.check {}', true],
    ['deployments.changed', 'artifacts.table {}', false],
    ['jobs.changed', 'jobs.list {}', true],
    ['jobs.changed', 'projects.list all ', false],
    ['health.changed', 'daemon.status {}', true],
    ['refresh.completed', 'cache.status {}', true],
    ['refresh.progress', 'cache.status {}', false],
  ])('%s and %s: %s', (topic, key, is) => expect(told(topic, key)).toBe(is))

  it('knows every topic but progress and starts, which change no answer', () => {
    const without = eventTopics.filter((topic) =>
      [
        'artifacts.x',
        'projects.x',
        'deployments.x',
        'jobs.x',
        'daemon.status',
        'cache.status',
        'events.x',
      ].every((key) => !told(topic, key)),
    )
    expect(without).toEqual(['refresh.started', 'refresh.progress'])
  })

  it('asks everything again after a snapshot: nobody knows what was missed', () => {
    expect(keysToldBy({ method: 'events.snapshot' } as EventMessage)('config.list {}')).toBe(true)
  })

  it('waits for the snapshot that follows a gap', () => {
    expect(keysToldBy({ method: 'events.gap' } as EventMessage)('projects.list all ')).toBe(false)
  })
})
