/** Every method of the protocol. */
import type { z } from 'zod'
import { analyticsMethods } from './domains/analytics.ts'
import { artifactMethods } from './domains/artifacts.ts'
import { backupMethods } from './domains/backup.ts'
import { cacheMethods } from './domains/cache.ts'
import { cleanupMethods } from './domains/cleanup.ts'
import { collectionMethods } from './domains/collections.ts'
import { configMethods } from './domains/config.ts'
import { consolidateMethods } from './domains/consolidate.ts'
import { contentMethods } from './domains/contents.ts'
import { daemonMethods } from './domains/daemon.ts'
import { deploymentMethods } from './domains/deployments.ts'
import { eventMethods } from './domains/events.ts'
import { groupMethods } from './domains/groups.ts'
import { jobMethods } from './domains/jobs.ts'
import { logMethods } from './domains/logs.ts'
import { projectMethods } from './domains/projects.ts'
import { snapshotMethods } from './domains/snapshots.ts'
import { syncMethods } from './domains/sync.ts'
import { tagMethods } from './domains/tags.ts'
import { upstreamMethods } from './domains/upstream.ts'
import { webMethods } from './domains/web.ts'

export const methods = {
  ...daemonMethods,
  ...logMethods,
  ...configMethods,
  ...projectMethods,
  ...artifactMethods,
  ...cacheMethods,
  ...backupMethods,
  ...eventMethods,
  ...jobMethods,
  ...upstreamMethods,
  ...webMethods,
  ...collectionMethods,
  ...consolidateMethods,
  ...deploymentMethods,
  ...snapshotMethods,
  ...tagMethods,
  ...groupMethods,
  ...analyticsMethods,
  ...cleanupMethods,
  ...syncMethods,
  ...contentMethods,
}

export type Methods = typeof methods
export type MethodName = keyof Methods

/** What a caller sends; defaults may be left out. */
export type ParamsOf<Name extends MethodName> = z.input<Methods[Name]['params']>
/** What a handler receives: defaults are filled in. */
export type ParsedParamsOf<Name extends MethodName> = z.output<Methods[Name]['params']>
export type ResultOf<Name extends MethodName> = z.output<Methods[Name]['result']>
