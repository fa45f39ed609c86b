/**
 * Collections: what a user keeps below `~/.skillmeat`, deploys to projects and keeps in step with them.
 *
 * Their files are the truth (formats spec sections 1 to 13). Whatever reads or changes them is in `work/` and runs in the
 * writer process; the `*-service.ts` files hold the rules behind the methods, ask for that work, and have the cache read
 * again what it changed (`touched.ts`). Serves `protocol/domains/{collections,consolidate,deployments,groups,snapshots,sync,tags}.ts`.
 */
export { deploymentHandlers } from './deployment-handlers.ts'
export { doWork } from './do-work.ts'
export { collectionHandlers } from './handlers.ts'
export { labelHandlers } from './label-handlers.ts'
export { countUnusedObjects, dropUnusedObjects } from './objects-service.ts'
export { recoverLeftovers } from './recover-service.ts'
export { snapshotHandlers } from './snapshot-handlers.ts'
export { syncHandlers } from './sync-handlers.ts'
