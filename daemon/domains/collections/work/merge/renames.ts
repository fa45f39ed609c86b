/** Which files of a version have moved, told by what they hold, as git does it. */
import { isBinary, linesOf } from './lines.ts'
import { MAX_MERGE_BYTES, type MergeEntry, type MergeSide } from './merge-entry.ts'

/** Half of a file has to be the same, as for git. */
const LIKENESS = 0.5
/** Beyond so many files that are gone or new only equal ones are taken for moved. */
const MAX_CANDIDATES = 200

/** New path of each file of `base` that lies elsewhere in `side`. */
export async function findRenames(base: MergeSide, side: MergeSide): Promise<Map<string, string>> {
  const basePaths = new Set(base.entries.map(({ path }) => path))
  const sidePaths = new Set(side.entries.map(({ path }) => path))
  // Empty files are all alike, which tells nothing.
  const gone = base.entries.filter(({ path, sizeBytes }) => !sidePaths.has(path) && sizeBytes > 0)
  const come = side.entries.filter(({ path, sizeBytes }) => !basePaths.has(path) && sizeBytes > 0)
  const renames = new Map<string, string>()
  if (gone.length === 0 || come.length === 0) return renames
  const taken = new Set<MergeEntry>()
  const pair = (from: MergeEntry, to: MergeEntry): void => {
    if (renames.has(from.path) || taken.has(to)) return
    renames.set(from.path, to.path)
    taken.add(to)
  }
  const equal = equalPairs(gone, come)
  for (const [from, to] of [...equal.filter(hasSameName), ...equal]) pair(from, to)
  const left = gone.filter(({ path }) => !renames.has(path))
  const right = come.filter((entry) => !taken.has(entry))
  if (left.length > MAX_CANDIDATES || right.length > MAX_CANDIDATES) return renames
  for (const [from, to] of await alike(base, left, side, right)) pair(from, to)
  return renames
}

type Pair = [from: MergeEntry, to: MergeEntry]

const pairsOf = (gone: readonly MergeEntry[], come: readonly MergeEntry[]): Pair[] =>
  gone.flatMap((from) => come.map((to): Pair => [from, to]))

/** Pairs with the same content, found by it: thousands of files may have moved at once. */
function equalPairs(gone: readonly MergeEntry[], come: readonly MergeEntry[]): Pair[] {
  const byContent = Map.groupBy(come, ({ kind, digest }) => `${kind} ${digest}`)
  return gone.flatMap((from) =>
    (byContent.get(`${from.kind} ${from.digest}`) ?? [])
      .slice(0, MAX_CANDIDATES)
      .map((to): Pair => [from, to]),
  )
}

const hasSameName = ([from, to]: Pair): boolean => nameOf(from) === nameOf(to)

const nameOf = ({ path }: MergeEntry): string => path.slice(path.lastIndexOf('/') + 1)

/** Pairs that are alike enough, most alike first. */
async function alike(
  base: MergeSide,
  gone: readonly MergeEntry[],
  side: MergeSide,
  come: readonly MergeEntry[],
): Promise<Pair[]> {
  if (gone.length === 0 || come.length === 0) return []
  const [from, to] = [await profiles(base, gone), await profiles(side, come)]
  const found: Array<{ pair: Pair; likeness: number }> = []
  for (const pair of pairsOf(gone, come)) {
    const [old, now] = [from.get(pair[0]), to.get(pair[1])]
    const likeness = old && now ? likenessOf(old, now) : 0
    if (likeness >= LIKENESS) found.push({ pair, likeness })
  }
  found.sort((a, b) => b.likeness - a.likeness || Number(hasSameName(b.pair)) - Number(hasSameName(a.pair)))
  return found.map(({ pair }) => pair)
}

/** How many bytes each line of a text makes up in all. */
type Profile = { sizeBytes: number; lines: Map<string, number> }

async function profiles(side: MergeSide, entries: readonly MergeEntry[]): Promise<Map<MergeEntry, Profile>> {
  const found = new Map<MergeEntry, Profile>()
  for (const entry of entries) {
    if (entry.kind !== 'file' || entry.sizeBytes > MAX_MERGE_BYTES) continue
    const content = await side.read(entry)
    if (isBinary(content)) continue
    const lines = new Map<string, number>()
    for (const line of linesOf(content)) lines.set(line, (lines.get(line) ?? 0) + line.length)
    found.set(entry, { sizeBytes: content.length, lines })
  }
  return found
}

/** Share of the larger one that is in both. */
function likenessOf(a: Profile, b: Profile): number {
  let shared = 0
  for (const [line, bytes] of a.lines) shared += Math.min(bytes, b.lines.get(line) ?? 0)
  return shared / Math.max(a.sizeBytes, b.sizeBytes)
}
