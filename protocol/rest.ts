/** The REST interface: every route as data. Shapes are those existing clients know (formats spec sections 24 and 25). */
import { analyticsRoutes } from './rest/analytics.ts'
import { artifactCopyRoutes } from './rest/artifact-copies.ts'
import { artifactDiffRoutes } from './rest/artifact-diffs.ts'
import { artifactFileRoutes } from './rest/artifact-files.ts'
import { artifactRoutes } from './rest/artifacts.ts'
import { cacheRoutes } from './rest/cache.ts'
import { collectionRoutes } from './rest/collections.ts'
import { daemonRoutes } from './rest/daemon.ts'
import { deploymentRoutes } from './rest/deployments.ts'
import { discoverRoutes } from './rest/discover.ts'
import { groupMemberRoutes } from './rest/group-members.ts'
import { groupRoutes } from './rest/groups.ts'
import { projectDriftRoutes } from './rest/project-drift.ts'
import { projectRoutes } from './rest/projects.ts'
import type { RestRoute } from './rest/route.ts'
import { snapshotRoutes } from './rest/snapshots.ts'
import { tagRoutes } from './rest/tags.ts'

export const restRoutes: readonly RestRoute[] = [
  ...cacheRoutes,
  ...projectRoutes,
  ...projectDriftRoutes,
  ...artifactRoutes,
  ...artifactCopyRoutes,
  ...artifactFileRoutes,
  ...artifactDiffRoutes,
  ...discoverRoutes,
  ...collectionRoutes,
  ...tagRoutes,
  ...groupRoutes,
  ...groupMemberRoutes,
  ...deploymentRoutes,
  ...snapshotRoutes,
  ...analyticsRoutes,
  ...daemonRoutes,
]
