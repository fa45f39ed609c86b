/**
 * The half of the domain that reads and changes files of collections and projects. It runs where the disk is read, never
 * in the process that answers, and knows no database: what the cache knows comes with the parameters, and what changed on
 * the disk is told in the result, so that the daemon reads exactly that again.
 */
import { analyticsWork } from '../../analytics/work/index.ts'
import { cleanupWork } from '../../cleanup/work/index.ts'
import { consolidateWork } from './consolidate/index.ts'
import { deployWork } from './deploy/index.ts'
import { labelWork } from './labels/index.ts'
import { libraryWork } from './library/index.ts'
import { withLibraryLock } from './library-lock.ts'
import { operationTools, recoverOperations } from './operations/index.ts'
import { snapshotWork } from './snapshots/index.ts'
import { syncWork } from './sync/index.ts'
import type { WorkTools } from './tools.ts'

export { createExclusion } from './exclusion.ts'
export type { WorkSurroundings, WorkTools } from './tools.ts'

/** Everything collections do with files, by name. */
export const collectionWork = {
  ...deployWork,
  ...libraryWork,
  ...consolidateWork,
  ...snapshotWork,
  ...labelWork,
  ...analyticsWork,
  ...cleanupWork,
  ...syncWork,
  /** Ends what a killed process left half done; whatever changes something does so by itself. */
  recover: (tools: WorkTools, _: object): Promise<null> => tools.exclusively(async () => null),
} satisfies Record<string, (tools: WorkTools, params: never) => Promise<unknown>>

export type CollectionWork = typeof collectionWork
export type WorkName = keyof CollectionWork
export type WorkParams<Name extends WorkName> = Parameters<CollectionWork[Name]>[1]
export type WorkResult<Name extends WorkName> = Awaited<ReturnType<CollectionWork[Name]>>

/** Looks the work up by name and does it. */
export function runWork<Name extends WorkName>(
  tools: WorkTools,
  name: Name,
  params: WorkParams<Name>,
): Promise<WorkResult<Name>> {
  const work = collectionWork[name] as (
    tools: WorkTools,
    params: WorkParams<Name>,
  ) => Promise<WorkResult<Name>>
  return work({ ...tools, exclusively: (change) => guarded(tools, change) }, params)
}

/** Whoever changes something finds everything whole, and nobody beside him. */
function guarded<Result>(tools: WorkTools, change: () => Promise<Result>): Promise<Result> {
  return tools.exclusively(() =>
    withLibraryLock(tools, async () => {
      await recoverOperations(operationTools(tools))
      return change()
    }),
  )
}
