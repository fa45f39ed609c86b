import type { CacheTables } from './domains/cache/tables.ts'

/** Every table of cache.db; each domain adds its own. */
export type Tables = CacheTables
