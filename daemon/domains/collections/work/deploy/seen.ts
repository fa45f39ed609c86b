/** What lies at a place, for a plan: all of it, and what counts of it. */
import { readFile, readlink } from 'node:fs/promises'
import { SmdError } from '../../../../../protocol/errors.ts'
import { isLeftOut } from '../../../cache/scan/index.ts'
import { assembleTree, digestOf, readTree, systemPath, type Tree, type TreeEntry } from '../objects/index.ts'
import { type Content, contentAt, contentOf, markOf, systemCalls } from '../operations/index.ts'

export type Seen = {
  /** Of all of it, by which an operation tells whether it has changed since. */
  mark: string | null
  /** What counts (formats spec section 7): without what use leaves behind; null when there is nothing else. */
  content: Content
  /** Of `content`; null for nothing, and for a link. */
  tree: Tree | null
  /** What use has left behind. */
  left: TreeEntry[]
}

/** Looks at a place. Errors: those of `lstat`, `object.unreadable`. */
export async function seeAt(path: string): Promise<Seen> {
  let all: Tree | null = null
  const content = await contentAt(path, systemCalls, async (at) => {
    all = await readTree(at)
    return all
  })
  const { entries = [] } = (all ?? {}) as Partial<Tree>
  const left = entries.filter((entry) => entry.path.split('/').some(isLeftOut))
  const seen = { mark: markOf(content), content, tree: all, left }
  if (left.length === 0) return seen
  const tree = await readTree(path, { leaveOut: isLeftOut })
  return tree.entries.length > 0
    ? { ...seen, tree, content: contentOf(tree) }
    : { ...seen, tree: null, content: null }
}

/** A repository's history is nobody's leftover, wherever somebody works on an artifact where it was deployed. */
export const holdsHistory = ({ left }: Pick<Seen, 'left'>): boolean =>
  left.some(({ path }) => path.split('/').includes('.git'))

/**
 * A tree together with what use has left behind where it goes to, which stays there. `from`: where the contents of the tree lie,
 * `to`: those of what is left. Errors: `sync.changed`, `object.unreadable`.
 */
export async function withLeft(
  tree: Tree,
  from: string,
  left: readonly TreeEntry[],
  to: string,
): Promise<Tree> {
  const places = new Map<string, { at: string; entry: TreeEntry }>()
  for (const entry of left) places.set(entry.digest, { at: to, entry })
  for (const entry of tree.entries) places.set(entry.digest, { at: from, entry })
  const read = async (digest: string): Promise<Buffer> => {
    const { at, entry } = places.get(digest) as { at: string; entry: TreeEntry }
    const path = systemPath(at, entry.path)
    const content = await (entry.kind === 'link' ? readlink(path, 'buffer') : readFile(path))
    if (digestOf(content) !== digest) throw new SmdError('sync.changed', { path: at })
    return content
  }
  return assembleTree({ read }, [...tree.entries, ...left], false)
}
