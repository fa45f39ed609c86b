/** The tree of what a merge made. */
import type { MergedEntry } from '../merge/index.ts'
import { assembleTree, digestOf, type Tree, type TreeEntry } from '../objects/index.ts'

export type MergedTree = {
  tree: Tree
  /** What the merge put together, by digest; anything else is in a version. */
  contents: Map<string, Buffer>
}

/** Lists the entries as a tree. `read`: the content of an entry of a version. Errors: those of `read`. */
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
  const isFile = entries.length === 1 && entries[0]?.path === ''
  const store = { read: async (digest: string) => contents.get(digest) ?? read(digest) }
  return { tree: await assembleTree(store, entries, isFile), contents }
}
