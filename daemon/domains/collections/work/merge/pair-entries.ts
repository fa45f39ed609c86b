/** Brings together what is one file in three versions, also where it has moved. */
import type { MergeEntry, MergeSide } from './merge-entry.ts'
import { findRenames } from './renames.ts'

/** One file; null where a version does not have it. */
export type EntryTriple = {
  base: MergeEntry | null
  local: MergeEntry | null
  remote: MergeEntry | null
}

/**
 * Every entry of every version is in exactly one triple. `base` null: nothing is known of what was before, and paths alone
 * tell what belongs together.
 */
export async function pairEntries(
  base: MergeSide | null,
  local: MergeSide,
  remote: MergeSide,
): Promise<EntryTriple[]> {
  const [mine, theirs] = [byPath(local), byPath(remote)]
  const triples: EntryTriple[] = []
  if (base) {
    const moved = withoutCollisions(
      await findRenames(base, local),
      await findRenames(base, remote),
      mine,
      theirs,
    )
    for (const entry of base.entries)
      triples.push({
        base: entry,
        local: take(mine, moved.local.get(entry.path) ?? entry.path),
        remote: take(theirs, moved.remote.get(entry.path) ?? entry.path),
      })
  }
  for (const [path, entry] of mine) triples.push({ base: null, local: entry, remote: take(theirs, path) })
  for (const entry of theirs.values()) triples.push({ base: null, local: null, remote: entry })
  return triples
}

const byPath = ({ entries }: MergeSide): Map<string, MergeEntry> =>
  new Map(entries.map((entry) => [entry.path, entry]))

function take(entries: Map<string, MergeEntry>, path: string): MergeEntry | null {
  const entry = entries.get(path) ?? null
  entries.delete(path)
  return entry
}

type Renames = ReadonlyMap<string, string>

/** A file cannot have moved to where the other version has another one: then it is gone, and the other is new. */
function withoutCollisions(
  local: Renames,
  remote: Renames,
  mine: ReadonlyMap<string, MergeEntry>,
  theirs: ReadonlyMap<string, MergeEntry>,
): { local: Renames; remote: Renames } {
  const keep = (own: Renames, other: Renames, there: ReadonlyMap<string, MergeEntry>): Renames =>
    new Map([...own].filter(([from, to]) => !there.has(to) || other.get(from) === to))
  return { local: keep(local, remote, theirs), remote: keep(remote, local, mine) }
}
