/** Words of keeping in step as the page shows them. */
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { Drift } from '../../../../protocol/sync-words.ts'
import type { Tone } from '../../lib/words.ts'

export type DriftRow = ResultOf<'sync.check'>['items'][number]
export type SyncItem = ResultOf<'sync.preview'>['items'][number]
/** An artifact of which files go from one side to another; `beside` tells it from others of its name. */
export type MergeItem = Pick<SyncItem, 'name' | 'type' | 'action' | 'reason' | 'files' | 'hasBase'> & {
  beside: string
}
export type FilePlan = SyncItem['files'][number]
export type Direction = 'pull' | 'push'
/** Which way a change goes: between a project and its collection, or from the source into the collection. */
export type Way = Direction | 'update'
export type Take = NonNullable<FilePlan['choice']>

type Word = { name: string; tone: Tone; meaning: string }

export const driftWords: Record<Drift, Word> = {
  none: { name: 'Synced', tone: 'ok', meaning: 'Both hold the same.' },
  modified: { name: 'Modified', tone: 'changed', meaning: 'It was edited in the project.' },
  outdated: { name: 'Outdated', tone: 'attention', meaning: 'The collection has a newer one.' },
  conflict: { name: 'Conflict', tone: 'danger', meaning: 'Both were changed.' },
  missing: { name: 'Missing', tone: 'danger', meaning: 'It is gone from the project.' },
  removed: { name: 'Removed', tone: 'attention', meaning: 'It is gone from the collection.' },
  added: { name: 'Not here', tone: 'neutral', meaning: 'It is deployed to other projects.' },
  version_mismatch: {
    name: 'Record is old',
    tone: 'attention',
    meaning: 'Both hold the same, which the record does not know.',
  },
  untracked: { name: 'Untracked', tone: 'neutral', meaning: 'It is in the project alone.' },
  unknown: { name: 'Unknown', tone: 'neutral', meaning: 'It cannot be read.' },
}

/** What differs in a way that pulling or pushing changes. */
export const isSyncable = ({ drift, collection }: DriftRow): boolean =>
  collection !== '' && !['none', 'added', 'untracked', 'unknown'].includes(drift)

/** Which way an artifact is brought in step first. */
export const directionOf = (drift: Drift): Direction =>
  drift === 'modified' || drift === 'conflict' ? 'pull' : 'push'

export const actionWords: Record<SyncItem['action'], { name: string; tone: Tone }> = {
  none: { name: 'Nothing to do', tone: 'neutral' },
  copy: { name: 'Copy', tone: 'attention' },
  merge: { name: 'Merge', tone: 'changed' },
  record: { name: 'Record only', tone: 'neutral' },
  fork: { name: 'A second artifact', tone: 'info' },
  conflict: { name: 'To decide', tone: 'danger' },
  skip: { name: 'Left out', tone: 'neutral' },
  failed: { name: 'Failed', tone: 'danger' },
}

/** `ours` is where it goes, `theirs` where it comes from. */
export const sides: Record<Way, { ours: string; theirs: string }> = {
  pull: { ours: 'collection', theirs: 'project' },
  push: { ours: 'project', theirs: 'collection' },
  update: { ours: 'collection', theirs: 'source' },
}

export function takeName(take: Take, way: Way): string {
  if (take === 'base') return way === 'update' ? 'As it was fetched' : 'As it was deployed'
  if (take === 'merged') return 'Both merged'
  return `The ${sides[way][take]}’s`
}

/** Whose change a file has. */
export function statusName(status: FilePlan['status'], way: Way): string {
  const names = {
    unchanged: 'unchanged',
    local: `changed in the ${sides[way].ours}`,
    remote: `changed ${way === 'update' ? 'at' : 'in'} the ${sides[way].theirs}`,
    both: 'the same change in both',
    merged: 'changed in both, goes together',
    conflict: 'changed in both',
  }
  return names[status]
}

export const conflictNames: Record<NonNullable<FilePlan['conflict']>, string> = {
  content: 'the same lines',
  deletion: 'removed in one, changed in the other',
  add_add: 'added in both',
  both_modified: 'no text, so it cannot be merged',
}

/** How `artifacts` and `choices` name one. */
export const refOf = ({ type, name }: { type: string; name: string }): string => `${type}:${name}`
