/** Lists the files of an artifact; runs where the disk is read, never in the process that answers. */
import { isUtf8 } from 'node:buffer'
import { lstat, opendir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { skippedFolders } from '../scan/skipped-folders.ts'
import { unreadable } from './inside.ts'

export type FileList = ResultOf<'artifacts.files'>
type Item = FileList['items'][number]

/** More entries than any artifact has that somebody looks at. */
const MAX_ENTRIES = 5_000

/**
 * What lies below a folder, or the one file. Links are told and not followed; folders that no agent looks into are told
 * without what they hold. What is neither file, folder nor link is left out, and so is a name that is not UTF-8, which
 * counts as not told.
 * Errors: `artifact.unreadable`.
 */
export async function listFiles(path: string, maxEntries: number = MAX_ENTRIES): Promise<FileList> {
  const { root, stats } = await lookAt(path)
  if (!stats.isDirectory()) {
    const item = itemOf(basename(path), 'file', stats)
    return { root: dirname(path), items: [item], truncated: false }
  }
  const listing: Listing = { items: [], left: maxEntries, truncated: false }
  await addFolder(listing, root, '')
  return { root: path, items: listing.items, truncated: listing.truncated }
}

async function lookAt(path: string) {
  try {
    const root = await realpath(path)
    const stats = await stat(root)
    if (!stats.isDirectory() && !stats.isFile()) throw unreadable(path, 'it is no regular file')
    return { root, stats }
  } catch (error) {
    throw error instanceof Error && 'slug' in error ? error : unreadable(path, error)
  }
}

type Listing = { items: Item[]; left: number; truncated: boolean }

async function addFolder(listing: Listing, folder: string, prefix: string): Promise<void> {
  const names = await namesIn(listing, folder, prefix === '')
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const found = await Promise.all(
      names
        .slice(at, at + AT_ONCE)
        .map(async (name) => ({ name, stats: await lookAtEntry(join(folder, name)) })),
    )
    for (const { name, stats } of found) {
      if (!stats || listing.left === 0) continue
      listing.left--
      const kind = stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'file'
      listing.items.push(itemOf(prefix + name, kind, stats))
      if (kind !== 'folder' || skippedFolders.has(name)) continue
      await addFolder(listing, join(folder, name), `${prefix}${name}/`)
    }
  }
}

/** Entries looked at together. */
const AT_ONCE = 64

/** Names in a folder, sorted; no more than there is room for, whatever lies there. */
async function namesIn(listing: Listing, folder: string, isRoot: boolean): Promise<string[]> {
  const names: string[] = []
  try {
    for await (const entry of await opendir(folder, { encoding: 'buffer' as BufferEncoding })) {
      const raw = entry.name as unknown as Buffer
      if (names.length === listing.left || !isUtf8(raw)) listing.truncated = true
      else names.push(raw.toString('utf8'))
      if (names.length === listing.left && listing.truncated) break
    }
  } catch (error) {
    if (isRoot) throw unreadable(folder, error)
    // Gone, locked or too deep: what it holds is not told.
    listing.truncated = true
  }
  return names.sort((a, b) => (a < b ? -1 : 1))
}

/** Null for what is gone, and for pipes, sockets and devices. */
async function lookAtEntry(path: string) {
  try {
    const stats = await lstat(path)
    return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink() ? stats : null
  } catch {
    // Gone meanwhile, or in a folder that may be listed and not entered.
    return null
  }
}

const itemOf = (path: string, kind: Item['kind'], stats: { size: number; mtimeMs: number }): Item => ({
  path,
  kind,
  sizeBytes: kind === 'folder' ? 0 : stats.size,
  modifiedAt: Math.max(0, Math.floor(stats.mtimeMs)),
})
