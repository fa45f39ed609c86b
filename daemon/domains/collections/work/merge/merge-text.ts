/** Three-way merge of texts, line by line, equal to that of `git merge-file` in result and conflicts. */
import { conflictLines } from './conflict-lines.ts'
import { type Change, lineChanges } from './line-changes.ts'
import { bytesOf, createNumbering, linesOf } from './lines.ts'

/**
 * A part of the texts that somebody changed. `from`: whose lines were taken; `both` made the same change; a conflict has
 * two versions.
 */
export type Region = {
  from: 'local' | 'remote' | 'both' | 'conflict'
  local: number
  localCount: number
  remote: number
  remoteCount: number
}

export type TextMerge = {
  /** With marked conflicts. */
  content: Buffer
  conflicts: number
  regions: Region[]
}

/** What can be decided about conflicts beforehand: whose lines win there. */
export type Favour = 'local' | 'remote'

/**
 * Merges what `local` and `remote` made of `base`. Conflicts are as small as they can be, except that those with three
 * lines or less between them, or only lines without a letter or digit, are one.
 */
export function mergeText(base: Buffer, local: Buffer, remote: Buffer, favour?: Favour): TextMerge {
  const numbering = createNumbering()
  const [baseLines, localLines, remoteLines] = [linesOf(base), linesOf(local), linesOf(remote)]
  const [baseIds, localIds, remoteIds] = [numbering(baseLines), numbering(localLines), numbering(remoteLines)]
  const toLocal = lineChanges(baseIds, localIds)
  const toRemote = lineChanges(baseIds, remoteIds)
  const sides = { base: baseIds, local: localIds, remote: remoteIds }
  const regions = joinConflicts(refine(overlay(sides, toLocal, toRemote), sides), localLines)
  if (favour) for (const region of regions) if (region.from === 'conflict') region.from = favour
  // When only one side changed anything there is nothing to be put together, not even a line end.
  if (toLocal.length === 0) return { content: remote, conflicts: 0, regions }
  if (toRemote.length === 0) return { content: local, conflicts: 0, regions }
  const lines = { base: baseLines, local: localLines, remote: remoteLines }
  return {
    content: bytesOf(mergedLines(regions, lines)),
    conflicts: regions.filter(({ from }) => from === 'conflict').length,
    regions,
  }
}

type Ids = { base: Int32Array; local: Int32Array; remote: Int32Array }

/** Lays both sides' changes over each other; what overlaps or touches becomes one region. */
function overlay(ids: Ids, toLocal: readonly Change[], toRemote: readonly Change[]): Region[] {
  const regions: Region[] = []
  const add = (region: Region): void => {
    const last = regions.at(-1)
    const touches =
      last &&
      (region.local <= last.local + last.localCount || region.remote <= last.remote + last.remoteCount)
    if (!touches) return void regions.push(region)
    if (last.from !== region.from) last.from = 'conflict'
    last.localCount = region.local + region.localCount - last.local
    last.remoteCount = region.remote + region.remoteCount - last.remote
  }
  /** How far the lines after all changes before the k-th are from their place in the base. */
  const shift = (changes: readonly Change[], k: number, side: Int32Array): number => {
    const change = changes[k]
    return change ? change.right - change.left : side.length - ids.base.length
  }
  let [i, j] = [0, 0]
  while (i < toLocal.length || j < toRemote.length) {
    const [mine, theirs] = [toLocal[i], toRemote[j]]
    if (mine && (!theirs || mine.left + mine.leftCount < theirs.left)) {
      add({
        from: 'local',
        local: mine.right,
        localCount: mine.rightCount,
        remote: mine.left + shift(toRemote, j, ids.remote),
        remoteCount: mine.leftCount,
      })
      i++
      continue
    }
    if (theirs && (!mine || theirs.left + theirs.leftCount < mine.left)) {
      add({
        from: 'remote',
        local: theirs.left + shift(toLocal, i, ids.local),
        localCount: theirs.leftCount,
        remote: theirs.right,
        remoteCount: theirs.rightCount,
      })
      j++
      continue
    }
    if (!mine || !theirs) break
    const [mineEnd, theirsEnd] = [mine.left + mine.leftCount, theirs.left + theirs.leftCount]
    if (!isSameChange(ids, mine, theirs)) {
      const start = Math.min(mine.left, theirs.left)
      const end = Math.max(mineEnd, theirsEnd)
      const [local, remote] = [mine.right - (mine.left - start), theirs.right - (theirs.left - start)]
      add({
        from: 'conflict',
        local,
        localCount: mine.right + mine.rightCount + (end - mineEnd) - local,
        remote,
        remoteCount: theirs.right + theirs.rightCount + (end - theirsEnd) - remote,
      })
    }
    if (mineEnd >= theirsEnd) j++
    if (theirsEnd >= mineEnd) i++
  }
  return regions
}

function isSameChange(ids: Ids, mine: Change, theirs: Change): boolean {
  if (mine.left !== theirs.left || mine.leftCount !== theirs.leftCount) return false
  if (mine.rightCount !== theirs.rightCount) return false
  for (let k = 0; k < mine.rightCount; k++)
    if (ids.local[mine.right + k] !== ids.remote[theirs.right + k]) return false
  return true
}

/** Takes out of conflicts what both sides have alike. */
function refine(regions: readonly Region[], ids: Ids): Region[] {
  return regions.flatMap((region): Region[] => {
    const { from, local, localCount, remote, remoteCount } = region
    if (from !== 'conflict' || localCount === 0 || remoteCount === 0) return [region]
    const changes = lineChanges(
      ids.local.subarray(local, local + localCount),
      ids.remote.subarray(remote, remote + remoteCount),
    )
    if (changes.length === 0) return [{ ...region, from: 'both' }]
    return changes.map((change) => ({
      from: 'conflict',
      local: local + change.left,
      localCount: change.leftCount,
      remote: remote + change.right,
      remoteCount: change.rightCount,
    }))
  })
}

/** So many lines between two conflicts are not worth having two. */
const NEAR = 3

function joinConflicts(regions: readonly Region[], localLines: readonly string[]): Region[] {
  const joined: Region[] = []
  for (const region of regions) {
    const last = joined.at(-1)
    if (last?.from === 'conflict' && region.from === 'conflict') {
      const between = localLines.slice(last.local + last.localCount, region.local)
      if (between.length <= NEAR || !between.some((line) => /[0-9A-Za-z]/.test(line))) {
        last.localCount = region.local + region.localCount - last.local
        last.remoteCount = region.remote + region.remoteCount - last.remote
        continue
      }
    }
    joined.push({ ...region })
  }
  return joined
}

export type MergedTexts = { base: readonly string[]; local: readonly string[]; remote: readonly string[] }

function mergedLines(regions: readonly Region[], lines: MergedTexts): string[] {
  const parts: string[][] = []
  let at = 0
  for (const region of regions) {
    const { from, local, localCount, remote, remoteCount } = region
    parts.push(lines.local.slice(at, local))
    if (from === 'remote') parts.push(lines.remote.slice(remote, remote + remoteCount))
    else if (from === 'conflict') parts.push(conflictLines(region, lines))
    else parts.push(lines.local.slice(local, local + localCount))
    at = local + localCount
  }
  parts.push(lines.local.slice(at))
  return parts.flat()
}
