/** The REST interface: every route as data. Shapes are those existing clients know (formats spec sections 24 and 25). */
import { cacheRoutes } from './rest/cache.ts'
import { daemonRoutes } from './rest/daemon.ts'
import { projectRoutes } from './rest/projects.ts'
import type { RestRoute } from './rest/route.ts'

export const restRoutes: readonly RestRoute[] = [...cacheRoutes, ...projectRoutes, ...daemonRoutes]
