/** Words of snapshots as the page shows them. */
import type { ResultOf } from '../../../../protocol/methods.ts'
import { formatTime } from '../../lib/format.ts'
import type { Tone } from '../../lib/words.ts'
import type { Snapshot } from './use-snapshots.ts'

export type RollbackPlan = ResultOf<'snapshots.analyze'>
type FileFate = RollbackPlan['files'][number]

export const fateWords: Record<FileFate['action'], { name: string; tone: Tone }> = {
  restore: { name: 'Restore', tone: 'attention' },
  remove: { name: 'Remove', tone: 'danger' },
  merge: { name: 'Merge', tone: 'changed' },
  keep: { name: 'Keep', tone: 'neutral' },
}

export const conflictWords: Record<NonNullable<FileFate['conflict']>, string> = {
  modified: 'edited since, which would be lost',
  content: 'both sides changed the same lines',
  deletion: 'removed on one side, changed on the other',
  add_add: 'added on both sides',
  both_modified: 'changed on both sides, and no text',
}

/** What a snapshot is called where one is chosen. */
export const snapshotName = ({ takenAt, message }: Snapshot): string =>
  message === '' ? formatTime(takenAt) : `${formatTime(takenAt)}, ${message}`
