/** A library with two collections, as the daemon tells of it. */
import type { ResultOf } from '../../../protocol/methods.ts'
import { anArtifactRow, answerTable } from './artifacts.ts'
import { type FakeDaemon, fakeDaemon } from './fake-daemon.ts'
import { aProfile, undone } from './plans.ts'
import { aProjectRow } from './rows.ts'

export type Held = ResultOf<'collections.show'>['artifacts'][number]
type Artifact = ResultOf<'artifacts.list'>['items'][number]

/** A skill of the collection `default`. */
export const aHeld = (name: string, rest: Partial<Held> = {}): Held => ({
  name,
  type: 'skill',
  path: `/home/ada/.skillmeat/collections/default/skills/${name}`,
  origin: 'github',
  upstream: `github:ada/skills/${name}`,
  versionSpec: 'latest',
  version: '1.0.0',
  resolvedSha: null,
  added: '2026-01-01T00:00:00Z',
  lastUpdated: null,
  tags: [],
  title: null,
  description: `About ${name}.`,
  state: 'unknown',
  ...rest,
})

const held = [
  aHeld('review', { tags: ['quality', 'daily'] }),
  aHeld('lint', { tags: ['quality'], type: 'command' }),
  aHeld('lost', { state: 'missing' }),
]

export const aCollection = (name: string, active: boolean) => ({
  name,
  path: `/home/ada/.skillmeat/collections/${name}`,
  active,
  artifactCount: 3,
  created: null,
  updated: null,
  problem: null,
})

/** `review` has an update at its source, `lint` was read, `lost` has no files. */
export function daemonWith(artifacts: Held[] = held): FakeDaemon {
  return fakeDaemon({
    'collections.list': () => ({ items: [aCollection('default', true), aCollection('work', false)] }),
    'collections.show': ({ name = 'default' }) => ({
      ...aCollection(name, name === 'default'),
      artifacts: name === 'default' ? artifacts : [],
    }),
    'artifacts.list': () => ({
      items: ['review', 'lint'].map(
        (name) => ({ id: `art_${name}`, name, type: 'skill', path: aHeld(name).path }) as Artifact,
      ),
      total: 2,
      nextCursor: null,
    }),
    'artifacts.table': (params) =>
      answerTable(
        [
          anArtifactRow({ name: 'review', scope: 'collection', state: 'outdated', upstreamVersion: '1.1.0' }),
          anArtifactRow({ name: 'lint', scope: 'collection', state: 'current' }),
        ],
        params,
      ),
    'groups.list': () => ({ items: [], total: 0 }),
    'tags.list': () => ({ items: [], total: 0 }),
    'deployments.list': () => ({ items: [], total: 0, states: {} }),
    'projects.list': () => ({ items: [aProjectRow({ name: 'api' })], total: 1, nextCursor: null }),
    'profiles.list': () => ({ items: [aProfile('claude_code', '.claude')] }),
    'deployments.undo': () => undone('Remove lint'),
  })
}

/** With what a method was called, in order. */
export const asked = (daemon: FakeDaemon, method: string): unknown[] =>
  daemon.asked.filter((one) => one.method === method).map(({ params }) => params)
