/** The tree of what a merge made. */
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { comparePaths } from '../../../cache/scan/index.ts'
import type { MergedEntry } from '../merge/index.ts'
import { digestOf, newTree, shownPath, type Tree, type TreeEntry } from '../objects/index.ts'

export type MergedTree = {
  tree: Tree
  /** What the merge put together, by digest; anything else is in a version. */
  contents: Map<string, Buffer>
}

/**
 * Lists the entries as a tree. `read`: the content of an entry of a version.
 * Of links only those that stay inside count in H1, since nobody knows yet where the tree will lie.
 */
export async function treeOfEntries(
  merged: readonly MergedEntry[],
  read: (digest: string) => Promise<Buffer>,
): Promise<MergedTree> {
  const contents = new Map<string, Buffer>()
  const entries = merged.map((entry): TreeEntry => {
    const { path, kind, mode } = entry
    if ('digest' in entry) return { path, kind, mode, digest: entry.digest, size: entry.sizeBytes }
    const digest = digestOf(entry.content)
    contents.set(digest, entry.content)
    return { path, kind, mode, digest, size: entry.content.length }
  })
  entries.sort((a, b) => comparePaths(shownPath(a.path), shownPath(b.path)))
  const contentOf = async (digest: string): Promise<Buffer> => contents.get(digest) ?? read(digest)
  const [only] = entries
  const isFile = entries.length === 1 && only?.path === ''
  const h1 = isFile ? only.digest : await hashOf(entries, contentOf)
  return { tree: newTree({ h1, isFile, entries }), contents }
}

async function hashOf(
  entries: readonly TreeEntry[],
  contentOf: (digest: string) => Promise<Buffer>,
): Promise<string> {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  const running = createHash('sha256')
  for (const entry of entries) {
    const file = await followed(entry, byPath, contentOf)
    if (file) running.update(shownPath(entry.path)).update(await contentOf(file.digest))
  }
  return running.digest('hex')
}

/** More links one after the other lead round in a circle. */
const MOST_LINKS = 40

async function followed(
  entry: TreeEntry,
  byPath: ReadonlyMap<string, TreeEntry>,
  contentOf: (digest: string) => Promise<Buffer>,
): Promise<TreeEntry | null> {
  let at: TreeEntry | undefined = entry
  for (let count = 0; at && count < MOST_LINKS; count++) {
    if (at.kind === 'file') return at
    const target = (await contentOf(at.digest)).toString()
    at = target.startsWith('/')
      ? undefined
      : byPath.get(posix.normalize(posix.join(posix.dirname(at.path), target)))
  }
  return null
}
