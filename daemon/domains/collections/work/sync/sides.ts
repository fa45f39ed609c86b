/** Versions of artifacts as sides of a merge. */
import { readFile, readlink } from 'node:fs/promises'
import { posix } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { MergeEntry, MergeSide } from '../merge/index.ts'
import { digestOf, type ObjectStore, shownPath, systemPath, type Tree } from '../objects/index.ts'
import { unlessAbsentAt } from '../unreadable.ts'

/** What lies at a path, as it was when its tree was read. Errors while reading: `sync.changed`, `object.unreadable`. */
export function diskSide({ entries }: Tree, path: string): MergeSide {
  return {
    entries: entries.map(toMergeEntry),
    async read(entry) {
      const at = systemPath(path, entry.path)
      const reading = entry.kind === 'link' ? readlink(at, 'buffer') : readFile(at)
      const content = await reading.catch(unlessAbsentAt(posix.join(path, shownPath(entry.path))))
      if (!content || digestOf(content) !== entry.digest) throw new SmdError('sync.changed', { path })
      return content
    },
  }
}

/** A tree of the store. Errors while reading: `object.missing`. */
export function keptSide({ entries }: Tree, store: ObjectStore): MergeSide {
  return {
    entries: entries.map(toMergeEntry),
    async read({ path, digest }) {
      const content = await store.read(digest)
      if (!content) throw new SmdError('object.missing', { path, digest })
      return content
    },
  }
}

/** Whether all contents of a tree are still there and whole. */
export async function isWhole({ entries }: Tree, store: ObjectStore): Promise<boolean> {
  for (const { digest } of entries) if (!(await store.read(digest))) return false
  return true
}

const toMergeEntry = ({ path, kind, mode, digest, size }: Tree['entries'][number]): MergeEntry => ({
  path,
  kind,
  mode,
  digest,
  sizeBytes: size,
})
