import { digestOf, type Tree } from '../objects/index.ts'
import { type FileCalls, unlessAbsent } from './file-calls.ts'
import type { Content } from './types.ts'

/** What operations need of the object store. */
export type Keeper = {
  keep(path: string): Promise<Tree>
  read(path: string): Promise<Tree>
  tree(id: string): Promise<Tree | null>
  write(tree: Tree, to: string): Promise<void>
}

/** How a plan names what it saw: H1, `link:` and the target, or null for nothing. */
export function markOf(content: Content): string | null {
  if (content === null) return null
  return 'link' in content ? `link:${content.link}` : content.h1
}

/** A kept tree as what shall lie somewhere. */
export function contentOf({ id, h1, isFile, entries }: Tree): Exclude<Content, null> {
  return { tree: id, h1, shape: digestOf(JSON.stringify([isFile, entries])) }
}

/** The same files, links and modes; wherever a link leads from where it lies. */
export function isSame(a: Content, b: Content): boolean {
  if (a === null || b === null) return a === b
  if ('link' in a || 'link' in b) return 'link' in a && 'link' in b && a.link === b.link
  return a.shape === b.shape
}

/** What lies at the path now. `read` makes the tree of it; one that keeps it makes that it can be brought back. */
export async function contentAt(
  path: string,
  calls: FileCalls,
  read: (path: string) => Promise<Tree>,
): Promise<Content> {
  const found = await calls.lstat(path).catch(unlessAbsent)
  if (!found) return null
  if (found.isSymbolicLink()) return { link: await calls.readlink(path) }
  return contentOf(await read(path))
}
