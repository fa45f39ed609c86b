/**
 * Snapshots of collections (formats spec section 6): lists of trees in the object store, and archives of SkillMeat.
 * `snapshotBefore` is for everybody who overwrites or removes something.
 */
import type { WorkTools } from '../tools.ts'
import { chosenCollection } from './chosen-collection.ts'
import { collectObjects } from './collect-objects.ts'
import { exportSnapshot } from './export-snapshot.ts'
import { compareSnapshots, createSnapshot, deleteSnapshot, listSnapshots, showSnapshot } from './methods.ts'
import { analyzeRollback, rollback } from './rollback.ts'

export { snapshotBefore } from './snapshot-before.ts'

type Named<Request> = Omit<Request, 'collection'> & { collection: string | null }

/** Work on the collection that was named, or the active one. */
const named =
  <Request extends { collection: string }, Result>(
    work: (tools: WorkTools, request: Request) => Promise<Result>,
  ) =>
  async (tools: WorkTools, request: Named<Request>): Promise<Result> =>
    work(tools, { ...request, collection: await chosenCollection(tools, request.collection) } as Request)

const exclusively =
  <Request, Result>(work: (tools: WorkTools, request: Request) => Promise<Result>) =>
  (tools: WorkTools, request: Request): Promise<Result> =>
    tools.exclusively(() => work(tools, request))

/** What is done with snapshots. What only looks waits for nobody: objects it keeps are too young to be dropped. */
export const snapshotWork = {
  listSnapshots: named(listSnapshots),
  createSnapshot: named(exclusively(createSnapshot)),
  showSnapshot: named(showSnapshot),
  compareSnapshots: named(compareSnapshots),
  analyzeRollback: named(analyzeRollback),
  rollback: named(exclusively(rollback)),
  deleteSnapshot: named(exclusively(deleteSnapshot)),
  exportSnapshot: named(exclusively(exportSnapshot)),
  collectObjects,
}
