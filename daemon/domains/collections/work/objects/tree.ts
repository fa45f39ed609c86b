/** What an artifact consists of, as a list whose name follows from its content. */
import { hash } from 'node:crypto'
import { isEntryPath } from './entry-paths.ts'

/** One file or link of an artifact; folders exist by what is in them. */
export type TreeEntry = {
  /** `/`-separated, relative to the artifact; empty for an artifact that is one file. See `entry-paths.ts`. */
  path: string
  kind: 'file' | 'link'
  mode: 0o644 | 0o755
  /** SHA-256 of the content, of a link its target text; 64 hex. */
  digest: string
  /** Bytes of the content or the target text. */
  size: number
}

export type Tree = {
  /** SHA-256 of the tree's text; 64 hex. */
  id: string
  /** H1 of formats spec section 5: what links to files lead to counts, so equal entries may differ in it. */
  h1: string
  isFile: boolean
  /** In the order of H1. */
  entries: TreeEntry[]
}

/** The text of a tree, by which it is kept: one for each tree. */
export const encodeTree = ({ h1, isFile, entries }: Omit<Tree, 'id'>): string =>
  JSON.stringify({
    h1,
    isFile,
    entries: entries.map(({ path, kind, mode, digest, size }) => ({ path, kind, mode, digest, size })),
  })

export const digestOf = (content: string | Uint8Array): string => hash('sha256', content)

/** The tree with its id. */
export const newTree = (tree: Omit<Tree, 'id'>): Tree => ({ id: digestOf(encodeTree(tree)), ...tree })

/** Reads what `encodeTree` wrote; null for anything else. */
export function decodeTree(text: string): Tree | null {
  let read: Omit<Tree, 'id'>
  try {
    read = JSON.parse(text) as Omit<Tree, 'id'>
  } catch {
    return null
  }
  const isTree =
    typeof read === 'object' &&
    read !== null &&
    isDigest(read.h1) &&
    Array.isArray(read.entries) &&
    read.entries.every(isEntry) &&
    encodeTree(read) === text
  return isTree ? newTree(read) : null
}

export const isDigest = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

const isEntry = ({ path, kind, mode, digest }: TreeEntry): boolean =>
  isEntryPath(path) &&
  (kind === 'file' || kind === 'link') &&
  (mode === 0o644 || mode === 0o755) &&
  isDigest(digest)
