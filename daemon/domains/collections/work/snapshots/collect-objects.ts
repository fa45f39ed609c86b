import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { collectGarbage, type Garbage } from '../objects/index.ts'
import { type Operation, objectsOf, operationTools } from '../operations/index.ts'
import { listOpen, listOperations, readOpen, readOperation } from '../operations/operation-files.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { readEntries, readSnapshot, type SnapshotFile } from './snapshot-file.ts'

/**
 * Drops objects that nothing refers to any more: no snapshot, no operation that can be taken back, no deployment. `h1`: of
 * everything that is deployed anywhere. With `isTrial` they are only counted. Null where nothing is
 * kept, which stays so, and where something refers to objects in a way that this smd does not know.
 */
export async function collectObjects(tools: WorkTools, request: CollectRequest): Promise<Garbage | null> {
  const store = await stat(join(libraryPlaces(tools.folders).own, 'objects')).catch(noneIfAbsent)
  return Array.isArray(store) ? null : tools.exclusively(() => collect(tools, request))
}

type CollectRequest = { h1: readonly string[]; isTrial: boolean }

async function collect(tools: WorkTools, { h1, isTrial }: CollectRequest): Promise<Garbage | null> {
  const store = objectsOf(tools)
  const [snapshots, operations] = [await allSnapshots(tools), await allOperations(tools)]
  // What this smd cannot read may be of a newer one, and refer to anything.
  if (!snapshots || !operations) return null
  const trees = new Set<string>(operations.flatMap(treesOf))
  const contents = new Set<string>()
  for (const snapshot of snapshots) {
    for (const part of snapshot.parts) if (part !== null) contents.add(part)
    for (const { tree } of (await readEntries(store, snapshot))?.values() ?? []) trees.add(tree)
  }
  return collectGarbage(store, { trees, contents, h1 }, isTrial)
}

async function allSnapshots({ folders }: WorkTools): Promise<SnapshotFile[] | null> {
  const root = join(libraryPlaces(folders).own, 'snapshots')
  const found: Array<SnapshotFile | null> = []
  for (const collection of await readdir(root).catch(noneIfAbsent))
    for (const name of await readdir(join(root, collection)).catch(noneIfAbsent))
      if (name.endsWith('.json')) found.push(await readSnapshot(join(root, collection), name.slice(0, -5)))
  return allOrNothing(found)
}

async function allOperations(tools: WorkTools): Promise<Operation[] | null> {
  const { own, calls } = operationTools(tools)
  const done = (await listOperations(own, calls)).map((id) => readOperation(own, id, calls))
  const open = (await listOpen(own, calls)).map((id) => readOpen(own, id, calls))
  return allOrNothing(await Promise.all([...done, ...open]))
}

const allOrNothing = <Item>(items: ReadonlyArray<Item | null>): Item[] | null =>
  items.every((item) => item !== null) ? [...items] : null

const treesOf = ({ projects }: Operation): string[] =>
  projects
    .flatMap(({ places }) => places)
    .flatMap(({ before, want }) => [before, want])
    .flatMap((content) => (content && 'tree' in content ? [content.tree] : []))

function noneIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
