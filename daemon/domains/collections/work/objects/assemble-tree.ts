import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { comparePaths } from '../../../cache/scan/index.ts'
import { shownPath } from './entry-paths.ts'
import type { ObjectStore } from './store.ts'
import { digestOf, newTree, type Tree, type TreeEntry } from './tree.ts'

/**
 * A tree of entries whose contents are kept, put together of others. Links count in its H1 with what they lead to inside of
 * the artifact; what lies outside of it is not known here. Errors: a content that is not kept.
 */
export async function assembleTree(
  store: Pick<ObjectStore, 'read'>,
  entries: readonly TreeEntry[],
  isFile: boolean,
): Promise<Tree> {
  const sorted = [...entries].sort((a, b) => comparePaths(shownPath(a.path), shownPath(b.path)))
  const byPath = new Map(sorted.map((entry) => [entry.path, entry]))
  const read = async ({ digest }: TreeEntry): Promise<Buffer> => {
    const content = await store.read(digest)
    if (!content) throw new Error(`${digest} is not kept`)
    return content
  }
  const follow = async (entry: TreeEntry | undefined, hops = 0): Promise<Buffer | null> => {
    if (!entry || hops > 40) return null
    const content = await read(entry)
    if (entry.kind === 'file') return content
    return follow(byPath.get(posix.join(posix.dirname(entry.path), content.toString())), hops + 1)
  }
  const running = createHash('sha256')
  let own = digestOf('')
  for (const entry of sorted) {
    const content = await follow(entry)
    if (!content) continue
    own = digestOf(content)
    running.update(shownPath(entry.path)).update(content)
  }
  return newTree({ h1: isFile ? own : running.digest('hex'), isFile, entries: sorted })
}
