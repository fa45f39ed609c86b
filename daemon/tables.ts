import type { CacheTables } from './domains/cache/tables.ts'
import type { EventTables } from './domains/events/index.ts'
import type { JobTables } from './domains/jobs/index.ts'
import type { UpstreamTables } from './domains/upstream/index.ts'

/** Every table of cache.db; each domain adds its own. */
export type Tables = CacheTables & EventTables & JobTables & UpstreamTables
