import { readFile } from 'node:fs/promises'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type MergeEntry, type MergeSide, mergeTrees } from '../merge/index.ts'
import {
  assembleTree,
  digestOf,
  type ObjectStore,
  shownPath,
  systemPath,
  type Tree,
  type TreeEntry,
} from '../objects/index.ts'
import { pairFiles, pathIn } from './compare-snapshots.ts'
import { differences, type PlaceDifference } from './current-entries.ts'
import type { LoadedSnapshot } from './load-snapshot.ts'
import type { RecordedHashes } from './recorded-hashes.ts'

/** What becomes of a file that is not as it was. */
export type FileFate = {
  /** `/`-separated, from the collection's folder, as people see it. */
  path: string
  /**
   * `restore`: it gets the content it had, or comes back; `remove`: it was not there; `merge`: lines changed since then stay;
   * `keep`: it stays as it is now.
   */
  action: 'restore' | 'remove' | 'merge' | 'keep'
  /**
   * Why it is not safe to go back: `modified`, it was edited by hand, or nobody knows whether it was; others as in a merge.
   */
  conflict: 'modified' | 'content' | 'deletion' | 'add_add' | 'both_modified' | null
  binary: boolean
}

export type PlacePlan = {
  place: string
  now: Tree | null
  /** Puts together what shall be there, and keeps it; null: nothing shall be. */
  want(): Promise<Tree | null>
}

export type RollbackPlan = { places: PlacePlan[]; files: FileFate[] }

export type PlanOptions = {
  /** Paths from the collection's folder: folders, places or files; null: everything. */
  paths: readonly string[] | null
  /** What was edited by hand since then stays, as in a merge. */
  keepChanges: boolean
}

/**
 * What going back to a snapshot means, file by file. Nothing is written, not even in the store, before somebody wants a place.
 * Errors: `object.unreadable`, `object.missing`.
 */
export async function planRollback(
  store: ObjectStore,
  root: string,
  snapshot: LoadedSnapshot,
  recorded: RecordedHashes,
  isPlace: (place: string) => boolean,
  { paths, keepChanges }: PlanOptions,
): Promise<RollbackPlan> {
  const plan: RollbackPlan = { places: [], files: [] }
  const found = await differences(
    store,
    root,
    snapshot,
    (place) => isPlace(place) && isChosen(place, paths, true),
  )
  for (const difference of found) {
    const base = await baseOf(store, recorded.get(difference.place) ?? null, difference.now)
    const step = keepChanges
      ? await mergePlace(store, root, difference, base, paths)
      : restorePlace(store, root, difference, base, paths)
    plan.files.push(...step.files)
    if (step.files.some(({ action }) => action !== 'keep'))
      plan.places.push({ place: difference.place, now: difference.now, want: step.want })
  }
  plan.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return plan
}

/** Whether a path is one of those wanted, or in one; with `orAbove` also whether one is in it. */
export function isChosen(path: string, paths: readonly string[] | null, orAbove: boolean): boolean {
  if (!paths) return true
  const shown = shownPath(path)
  return paths.some(
    (wanted) =>
      shown === wanted || shown.startsWith(`${wanted}/`) || (orAbove && wanted.startsWith(`${shown}/`)),
  )
}

/** What smd itself last put there: anything else was edited by hand. Null: nobody knows. */
async function baseOf(store: ObjectStore, h1: string | null, now: Tree | null): Promise<Tree | null> {
  if (h1 === null) return null
  return now?.h1 === h1 ? now : store.treeOfH1(h1)
}

type Step = Pick<PlacePlan, 'want'> & { files: FileFate[] }

/** Every chosen file becomes what it was. */
function restorePlace(
  store: ObjectStore,
  root: string,
  { place, now, before }: PlaceDifference,
  base: Tree | null,
  paths: readonly string[] | null,
): Step {
  const edited = base && new Set(pairFiles(place, base, now).map(({ path }) => path))
  const pairs = pairFiles(place, before, now)
  const chosen = pairs.filter(({ path }) => isChosen(path, paths, false))
  const files = chosen.map(
    ({ path, old, now: current }): FileFate => ({
      path: shownPath(path),
      action: old ? 'restore' : 'remove',
      conflict: current !== null && (edited?.has(path) ?? true) ? 'modified' : null,
      binary: false,
    }),
  )
  if (chosen.length === pairs.length) return { want: async () => before, files }
  const want = async (): Promise<Tree | null> => {
    await store.keep(systemPath(root, place), { asLink: true })
    // Files that nobody chose stay as they are, also those that are equal in both.
    const isWanted = (entry: TreeEntry): boolean => isChosen(pathIn(place, entry.path), paths, false)
    const entries = [
      ...(before?.entries ?? []).filter(isWanted),
      ...(now?.entries ?? []).filter((entry) => !isWanted(entry)),
    ]
    return put(store, entries, now?.isFile ?? before?.isFile ?? false)
  }
  return { want, files }
}

/** Every chosen file becomes what it was, with what was edited by hand since smd last wrote it. */
async function mergePlace(
  store: ObjectStore,
  root: string,
  difference: PlaceDifference,
  base: Tree | null,
  paths: readonly string[] | null,
): Promise<Step> {
  const { place, now, before } = difference
  // What is gone as a whole, or is as smd left it, has no edits.
  if (!now || (base && base.id === now.id)) return restorePlace(store, root, difference, now, paths)
  // A file that became a folder, or the other way: there is nothing to merge.
  if (before && before.isFile !== now.isFile) {
    const fate: FileFate = {
      path: shownPath(place),
      action: 'keep',
      conflict: 'both_modified',
      binary: false,
    }
    return { want: async () => now, files: [fate] }
  }
  const at = systemPath(root, place)
  const kept = (digest: string): Promise<Buffer | null> => store.read(digest)
  const sides = {
    base: base && sideOf(base, kept),
    local: sideOf(now, (_, path) => readFile(systemPath(at, path))),
    remote: sideOf(before ?? { ...now, entries: [] }, kept),
  }
  const { files: merged } = await mergeTrees(sides, { conflicts: 'ours' })
  const files: FileFate[] = []
  const outcomes: Outcome[] = []
  for (const { path, status, conflict, isBinary, result, local } of merged) {
    const isWanted = isChosen(pathIn(place, path), paths, false)
    const outcome = isWanted ? result : local
    if (outcome) outcomes.push(outcome)
    if (!isWanted || status === 'unchanged' || status === 'both') continue
    const fate = { path: shownPath(pathIn(place, path)), binary: isBinary }
    if (status === 'conflict') files.push({ ...fate, action: 'keep', conflict: conflict ?? 'both_modified' })
    else if (status === 'local') files.push({ ...fate, action: 'keep', conflict: null })
    else if (status === 'merged') files.push({ ...fate, action: 'merge', conflict: null })
    else files.push({ ...fate, action: result ? 'restore' : 'remove', conflict: null })
  }
  const want = async (): Promise<Tree | null> => {
    if (outcomes.length === 0 && before === null) return null
    await store.keep(at, { asLink: true })
    const entries: TreeEntry[] = []
    for (const outcome of outcomes) entries.push(await toEntry(store, outcome))
    return put(store, entries, now.isFile)
  }
  return { want, files }
}

type Outcome = Pick<MergeEntry, 'path' | 'kind' | 'mode'> &
  ({ digest: string; sizeBytes: number } | { content: Buffer })

/** A version for the merge. Errors of reading: `object.missing`, those of the file system. */
function sideOf(
  { entries }: Pick<Tree, 'entries'>,
  read: (digest: string, path: string) => Promise<Buffer | null>,
): MergeSide {
  return {
    entries: entries.map(({ size, ...entry }) => ({ ...entry, sizeBytes: size })),
    async read({ digest, path }) {
      const content = await read(digest, path)
      if (!content) throw new SmdError('object.missing', { path: shownPath(path), digest })
      return content
    },
  }
}

async function toEntry(store: ObjectStore, result: Outcome): Promise<TreeEntry> {
  const { path, kind, mode } = result
  if (!('content' in result)) return { path, kind, mode, digest: result.digest, size: result.sizeBytes }
  await store.keepContent(result.content)
  return { path, kind, mode, digest: digestOf(result.content), size: result.content.length }
}

async function put(store: ObjectStore, entries: TreeEntry[], isFile: boolean): Promise<Tree | null> {
  if (isFile && entries.length === 0) return null
  const tree = await assembleTree(store, entries, isFile)
  await store.keepTree(tree)
  return tree
}
