/** What pulls, pushes and their previews have to say, in words. */
import { ExitCode } from '../../protocol/errors.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import type { Drift } from '../../protocol/sync-words.ts'
import type { CommandContext } from '../command.ts'
import type { FileDiff } from '../format/unified-diff.ts'
import { plural } from '../format/values.ts'
import type { Style } from '../io.ts'
import { type DiffOutput, printFiles } from './diff/print-files.ts'

export type SyncItem = ResultOf<'sync.preview'>['items'][number]
export type FilePlan = SyncItem['files'][number]

/** Words of the table, as users of SkillMeat know them. */
export const driftWords: Readonly<Record<Drift, string>> = {
  none: 'synced',
  modified: 'modified',
  outdated: 'outdated',
  conflict: 'conflict',
  missing: 'missing',
  removed: 'removed',
  added: 'added',
  version_mismatch: 'version mismatch',
  untracked: 'untracked',
  unknown: 'unknown',
}

export function driftStyle(drift: Drift): Style | null {
  if (drift === 'none' || drift === 'untracked') return 'dim'
  return drift === 'conflict' || drift === 'unknown' ? 'red' : 'yellow'
}

/** The change of a file as a comparison prints it; null for what does not change. */
export function toFileDiff({ path, change, hunks }: FilePlan): FileDiff | null {
  return change === 'none' ? null : { path: path === '' ? 'the file' : path, status: change, hunks }
}

const kinds: Readonly<Record<NonNullable<FilePlan['conflict']>, string>> = {
  content: 'both changed the same lines',
  deletion: 'one side changed it, the other deleted it',
  add_add: 'both have one of their own',
  both_modified: 'both changed it',
}

/** One file in one line: `  changed   notes.txt`. */
export function planLine(file: FilePlan): string {
  const { path, change, conflict, isBinary, isOpen, movedFrom, choice, status } = file
  const word = isOpen ? 'conflict' : change
  const from = movedFrom === null ? '' : `, moved from ${movedFrom}`
  const binary = isBinary ? ' (binary or too long)' : ''
  const why =
    conflict === null ? '' : `: ${kinds[conflict]}${binary}${choice === null ? '' : `; taken: ${choice}`}`
  const merged = status === 'merged' ? ', merged' : ''
  return `  ${word.padEnd(9)} ${path === '' ? 'the file' : path}${from}${merged}${why}`
}

const doneWords: Readonly<Record<SyncItem['action'], string>> = {
  none: 'unchanged',
  copy: 'taken over',
  merge: 'merged',
  record: 'noted',
  fork: 'forked',
  conflict: 'conflict',
  skip: 'skipped',
  failed: 'failed',
}
const plannedWords: typeof doneWords = {
  ...doneWords,
  copy: 'take over',
  merge: 'merge',
  record: 'note',
  fork: 'fork',
  skip: 'skip',
}

/** What is said of an artifact. */
export type ShownItem = Pick<SyncItem, 'name' | 'type' | 'action' | 'reason' | 'files'> & { project?: string }

export const isDone = ({ action }: Pick<SyncItem, 'action'>): boolean =>
  ['copy', 'merge', 'record', 'fork'].includes(action)

/** 2 when only a part could be done (formats spec section 26). */
export function exitCodeOf(items: ReadonlyArray<Pick<SyncItem, 'action'>>): number {
  const failed = items.some(({ action }) => action === 'failed')
  if (!failed && !items.some(({ action }) => action === 'conflict')) return ExitCode.ok
  if (items.some(isDone)) return ExitCode.usage
  return failed ? ExitCode.failure : ExitCode.conflict
}

/** Everything that happens or is in the way, artifact by artifact; what is in step is left out. */
export async function printItems(
  io: CommandContext['io'],
  items: readonly ShownItem[],
  { isPlan, diff, projects }: { isPlan: boolean; diff: DiffOutput | null; projects: boolean },
): Promise<void> {
  for (const item of items) {
    if (item.action === 'none' && item.reason === null) continue
    const word = (isPlan ? plannedWords : doneWords)[item.action]
    const where = projects && item.project !== undefined ? `  ${item.project}` : ''
    const why = item.reason === null ? '' : `  ${item.reason}`
    io.line(`${io.paint(actionStyle(item), word.padEnd(10))} ${item.type}:${item.name}${where}${why}`)
    for (const file of item.files) io.line(planLine(file))
    if (diff)
      await printFiles(
        io,
        item.files.flatMap((file) => toFileDiff(file) ?? []),
        diff,
      )
  }
}

const actionStyle = ({ action }: Pick<SyncItem, 'action'>): Style => {
  if (action === 'conflict' || action === 'failed') return 'red'
  return action === 'skip' || action === 'none' ? 'dim' : 'green'
}

/** How many of each there are: `2 merged, 1 conflict`. */
export function summaryOf(items: ReadonlyArray<Pick<SyncItem, 'action'>>, isPlan: boolean): string {
  const counts = new Map<string, number>()
  for (const { action } of items) {
    const word = (isPlan ? plannedWords : doneWords)[action]
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`)
  return parts.length === 0
    ? 'Nothing is deployed here.'
    : `${plural(items.length, 'artifact')}: ${parts.join(', ')}.`
}
