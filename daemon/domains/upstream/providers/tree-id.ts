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

/** Every entry of a revision by its path, with its size where somebody said it. */
export type Listing = Map<string, { mode: string; id: string; sizeBytes?: number }>

/** What lies at a path, as the entry '', and below it, by the path from there; null when nothing does. */
export function listingBelow(listing: Listing, path: string): Listing | null {
  if (path === '') return listing
  const entry = listing.get(path)
  if (!entry) return null
  const found: Listing = new Map([['', entry]])
  for (const [each, value] of listing)
    if (each.startsWith(`${path}/`)) found.set(each.slice(path.length + 1), value)
  return found
}

/** Id of the whole of a listing. */
export function rootId(listing: Listing): string {
  const top = [...listing].filter(([path]) => !path.includes('/'))
  return treeId(top.map(([name, entry]) => ({ name, ...entry })))
}

/** Id of a folder out of all files below it; what the listing says of folders in it is not believed. */
export function treeIdOf(listing: Listing): string {
  const folders = new Map<string, TreeEntry[]>([['', []]])
  const entriesOf = (folder: string): TreeEntry[] => {
    const known = folders.get(folder)
    if (known) return known
    const made: TreeEntry[] = []
    folders.set(folder, made)
    entriesOf(parentOf(folder))
    return made
  }
  for (const [path, { mode, id }] of listing) {
    if (path === '' || isFolder(mode)) continue
    entriesOf(parentOf(path)).push({ name: nameOf(path), mode, id })
  }
  // The deepest first, so that each is whole before it is put into the one around it.
  const deepest = [...folders.keys()]
    .filter(Boolean)
    .sort((a, b) => b.split('/').length - a.split('/').length)
  for (const folder of deepest)
    entriesOf(parentOf(folder)).push({ name: nameOf(folder), mode: '40000', id: treeId(entriesOf(folder)) })
  return treeId(entriesOf(''))
}

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
