import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { collectGarbage, type Garbage } from '../objects/index.ts'
import { type Operation, objectsOf, operationTools } from '../operations/index.ts'
import { listOpen, listOperations, readOpen, readOperation } from '../operations/operation-files.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { eachSnapshot, readEntries } from './snapshot-file.ts'

/**
 * Drops objects that nothing refers to any more: no snapshot, no operation that can be taken back, no deployment. `h1`: of
 * everything that is deployed anywhere. With `isTrial` they are only counted. Call it inside `exclusively`.
 */
export async function collectObjects(
  tools: WorkTools,
  { h1, isTrial }: { h1: readonly string[]; isTrial: boolean },
): Promise<Garbage> {
  const store = objectsOf(tools)
  const trees = new Set<string>()
  const contents = new Set<string>()
  const folder = join(libraryPlaces(tools.folders).own, 'snapshots')
  for (const collection of await readdir(folder).catch(noneIfAbsent))
    for await (const snapshot of eachSnapshot(join(folder, collection))) {
      for (const part of snapshot.parts) if (part !== null) contents.add(part)
      for (const { tree } of (await readEntries(store, snapshot))?.values() ?? []) trees.add(tree)
    }
  for (const operation of await allOperations(tools)) for (const id of treesOf(operation)) trees.add(id)
  return collectGarbage(store, { trees, contents, h1 }, isTrial)
}

async function allOperations(tools: WorkTools): Promise<Operation[]> {
  const { own, calls } = operationTools(tools)
  const done = (await listOperations(own, calls)).map((id) => readOperation(own, id, calls))
  const open = (await listOpen(own, calls)).map((id) => readOpen(own, id, calls))
  return (await Promise.all([...done, ...open])).filter((operation) => operation !== null)
}

const treesOf = ({ projects }: Operation): string[] =>
  projects
    .flatMap(({ places }) => places)
    .flatMap(({ before, want }) => [before, want])
    .flatMap((content) => (content && 'tree' in content ? [content.tree] : []))

function noneIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
