import { lineChanges } from '../merge/line-changes.ts'
import { createNumbering, isBinary, linesOf } from '../merge/lines.ts'
import { type ObjectStore, shownPath, type Tree, type TreeEntry } from '../objects/index.ts'
import { treeOf } from './current-entries.ts'
import type { SnapshotEntry } from './snapshot-file.ts'

/** Files that differ between two states, by path in the collection; lines of texts among them. */
export type Differences = {
  filesAdded: string[]
  filesRemoved: string[]
  filesModified: string[]
  linesAdded: number
  linesRemoved: number
}

type Entries = ReadonlyMap<string, SnapshotEntry>

/** What changed from one snapshot to another. Errors: `object.missing`. */
export async function compareEntries(store: ObjectStore, from: Entries, to: Entries): Promise<Differences> {
  const found = noDifferences()
  for (const place of new Set([...from.keys(), ...to.keys()])) {
    const [before, after] = [from.get(place), to.get(place)]
    if (before?.tree === after?.tree) continue
    const read = async (digest: string): Promise<Buffer | null> => store.read(digest)
    await addDifferences(
      found,
      place,
      before ? await treeOf(store, before) : null,
      after ? await treeOf(store, after) : null,
      read,
    )
  }
  return inOrder(found)
}

export const noDifferences = (): Differences => ({
  filesAdded: [],
  filesRemoved: [],
  filesModified: [],
  linesAdded: 0,
  linesRemoved: 0,
})

export const inOrder = (found: Differences): Differences => ({
  ...found,
  filesAdded: found.filesAdded.sort(),
  filesRemoved: found.filesRemoved.sort(),
  filesModified: found.filesModified.sort(),
})

/** Adds what differs in one place; contents that `read` does not have count no lines. */
export async function addDifferences(
  found: Differences,
  place: string,
  before: Tree | null,
  after: Tree | null,
  read: (digest: string) => Promise<Buffer | null>,
): Promise<void> {
  for (const { path, old, now } of pairFiles(place, before, after)) {
    if (!old) found.filesAdded.push(shownPath(path))
    else if (!now) found.filesRemoved.push(shownPath(path))
    else found.filesModified.push(shownPath(path))
    const [left, right] = [await textOf(old, read), await textOf(now, read)]
    if (!left || !right) continue
    const number = createNumbering()
    for (const change of lineChanges(number(linesOf(left)), number(linesOf(right)))) {
      found.linesRemoved += change.leftCount
      found.linesAdded += change.rightCount
    }
  }
}

/** A file in two states of a place, where they differ; `path` from the collection. */
export type FilePair = { path: string; old: TreeEntry | null; now: TreeEntry | null }

export function pairFiles(place: string, before: Tree | null, after: Tree | null): FilePair[] {
  const [old, now] = [byPath(before), byPath(after)]
  const pairs: FilePair[] = []
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const pair = { path: pathIn(place, path), old: old.get(path) ?? null, now: now.get(path) ?? null }
    if (!isSameEntry(pair.old, pair.now)) pairs.push(pair)
  }
  return pairs
}

export const pathIn = (place: string, path: string): string => (path === '' ? place : `${place}/${path}`)

const byPath = (tree: Tree | null): Map<string, TreeEntry> =>
  new Map((tree?.entries ?? []).map((entry) => [entry.path, entry]))

export const isSameEntry = (a: TreeEntry | null, b: TreeEntry | null): boolean =>
  a === null || b === null ? a === b : a.kind === b.kind && a.mode === b.mode && a.digest === b.digest

const nothing = Buffer.alloc(0)

/** Null for what has no lines: links and binary files, and contents nobody has. */
async function textOf(
  entry: TreeEntry | null,
  read: (digest: string) => Promise<Buffer | null>,
): Promise<Buffer | null> {
  if (!entry) return nothing
  const content = entry.kind === 'file' ? await read(entry.digest) : null
  return content && isBinary(content) ? null : content
}
