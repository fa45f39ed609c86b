/** Three-way merge of all files of an artifact. */
import type { MergeEntry } from './merge-entry.ts'
import { type FileMerge, type MergedEntry, type MergeSides, mergeFile } from './merge-file.ts'
import { pairEntries } from './pair-entries.ts'

/** Which version of a file is wanted. `merged`: what the merge made of it, with conflicts marked where it has some. */
export type Choice = 'ours' | 'theirs' | 'base' | 'merged'

/** What becomes of conflicts without a choice: nothing yet, markers where they are possible, or one side. */
export type ConflictRule = 'stop' | 'mark' | 'ours' | 'theirs'

export type MergeOptions = {
  /** By path of a file, as `FileMerge.path` or as any version has it. */
  choices?: Readonly<Record<string, Choice>>
  conflicts?: ConflictRule
}

export type MergedFile = FileMerge & {
  /** What was chosen for it, by the caller or the rule; null: it was not needed, or is missing. */
  choice: Choice | null
  /** True: there is no result before somebody decides. */
  isOpen: boolean
}

export type TreeMerge = {
  /** All of them, by path. */
  files: MergedFile[]
  /** What the artifact becomes; null while a conflict is open. */
  entries: MergedEntry[] | null
}

/**
 * Merges what `local` and `remote` made of `base`, in memory: nothing is written. No byte is lost: what is in a version
 * and not in the result was taken out by the other one, or by a choice, or is in a conflict.
 * Errors: those of reading contents.
 */
export async function mergeTrees(sides: MergeSides, options: MergeOptions = {}): Promise<TreeMerge> {
  const triples = await pairEntries(sides.base, sides.local, sides.remote)
  const merged: FileMerge[] = []
  for (const triple of triples) merged.push(await mergeFile(sides, triple))
  const files = merged.map((file) => decide(file, options))
  markClashes(files)
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const isOpen = files.some((file) => file.isOpen)
  return { files, entries: isOpen ? null : files.flatMap(({ result }) => result ?? []) }
}

function decide(file: FileMerge, { choices = {}, conflicts = 'stop' }: MergeOptions): MergedFile {
  const wanted = wantedFor(file, choices)
  if (wanted) return choose(file, wanted)
  if (file.status !== 'conflict') return { ...file, choice: null, isOpen: false }
  if (conflicts === 'ours' || conflicts === 'theirs') return choose(file, conflicts)
  if (conflicts === 'mark' && file.result) return choose(file, 'merged')
  return { ...file, choice: null, isOpen: true }
}

function wantedFor(file: FileMerge, choices: Readonly<Record<string, Choice>>): Choice | null {
  for (const path of [file.path, file.local?.path, file.remote?.path, file.base?.path])
    if (path !== undefined && Object.hasOwn(choices, path)) return choices[path] ?? null
  return null
}

function choose(file: FileMerge, choice: Choice): MergedFile {
  if (choice === 'merged') return { ...file, choice, isOpen: file.status === 'conflict' && !file.result }
  const versions: Record<Exclude<Choice, 'merged'>, MergeEntry | null> = {
    ours: file.local,
    theirs: file.remote,
    base: file.base,
  }
  return { ...file, result: versions[choice], choice, isOpen: false }
}

/** Where one result would be a folder that another one is a file in, or two lie at one path, somebody has to decide. */
function markClashes(files: MergedFile[]): void {
  const byPath = new Map<string, MergedFile>()
  const clash = (...both: MergedFile[]): void => {
    for (const file of both)
      Object.assign(file, { status: 'conflict', conflict: 'both_modified', result: null, isOpen: true })
  }
  for (const file of files) {
    if (!file.result) continue
    const other = byPath.get(file.result.path)
    if (other) clash(file, other)
    byPath.set(file.result.path, file)
  }
  for (const [path, file] of byPath)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const above = byPath.get(path.slice(0, at))
      if (above) clash(file, above)
    }
}
