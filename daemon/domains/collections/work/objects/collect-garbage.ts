import type { ObjectFiles, StoredObject } from './object-files.ts'
import type { ObjectStore } from './store.ts'

/** What still refers to objects. */
export type Roots = {
  trees: Iterable<string>
  /** Contents that belong to no tree. */
  contents: Iterable<string>
  /** H1 of what is deployed: the bases of merges. */
  h1: Iterable<string>
}

export type Garbage = { objects: number; bytes: number; kept: number }

/** What is younger may belong to something that is about to be written. */
const graceMs = 3_600_000

/**
 * Drops what no root leads to and is older than an hour; with `isTrial` only counts it. A root that cannot be read leads
 * nowhere: what it named is lost already.
 */
export async function collectGarbage(store: ObjectStore, roots: Roots, isTrial = false): Promise<Garbage> {
  const trees = new Set<string>(roots.trees)
  for (const h1 of roots.h1) {
    const id = await store.h1.get(h1)
    if (id !== null) trees.add(id)
  }
  const contents = new Set<string>(roots.contents)
  const mark = async (id: string): Promise<void> => {
    for (const { digest } of (await store.tree(id))?.entries ?? []) contents.add(digest)
  }
  for (const id of trees) await mark(id)

  const before = (await store.content.time()) - graceMs
  // What a young tree names is as young as it is, whatever its own age.
  for await (const { digest, changedAt } of store.trees.list())
    if (digest && changedAt >= before) await mark(digest)
  const garbage: Garbage = { objects: 0, bytes: 0, kept: 0 }
  const sweep = async (files: ObjectFiles, isMarked: (digest: string) => boolean): Promise<void> => {
    for await (const object of files.list()) {
      if (isAlive(object, before, isMarked) || !(isTrial || (await files.drop(object, before))))
        garbage.kept++
      else {
        garbage.objects++
        garbage.bytes += object.bytes
      }
    }
  }
  // Trees first: one without its contents must never be found.
  await sweep(store.trees, (id) => trees.has(id))
  await sweep(store.content, (digest) => contents.has(digest))
  if (isTrial) return garbage
  const left = new Set<string>()
  for await (const { digest } of store.trees.list()) if (digest) left.add(digest)
  await store.h1.prune((id) => left.has(id))
  return garbage
}

const isAlive = (
  { digest, changedAt }: StoredObject,
  before: number,
  isMarked: (digest: string) => boolean,
): boolean => changedAt >= before || (digest !== null && isMarked(digest))
