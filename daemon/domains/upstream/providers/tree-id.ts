/** Ids of git trees (ecosystem spec 5.6). */
import { createHash } from 'node:crypto'

/** One line of a tree. */
export type TreeEntry = {
  name: string
  /** Octal, with or without a leading zero: `100644`, `100755`, `120000`, `040000`, `160000`. */
  mode: string
  /** 40 hex. */
  id: string
}

const isFolder = (mode: string): boolean => mode.endsWith('40000')

/** SHA-1 of a tree with these entries, 40 hex. */
export function treeId(entries: Iterable<TreeEntry>): string {
  const lines = Array.from(entries, ({ name, mode, id }) => ({
    // Git sorts folders as if their names ended with a slash.
    key: Buffer.from(isFolder(mode) ? `${name}/` : name),
    line: Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(id, 'hex')]),
  }))
  lines.sort((a, b) => Buffer.compare(a.key, b.key))
  return objectId('tree', Buffer.concat(lines.map(({ line }) => line)))
}

/** SHA-1 of a git object, 40 hex. */
export function objectId(type: 'tree' | 'blob', content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')
}

/** Every entry of a revision by its path. */
export type Listing = Map<string, { mode: string; id: string }>

/** Id of the whole of a listing. */
export function rootId(listing: Listing): string {
  const top = [...listing].filter(([path]) => !path.includes('/'))
  return treeId(top.map(([name, entry]) => ({ name, ...entry })))
}
