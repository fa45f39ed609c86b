/**
 * What the origins of artifacts offer now, and which artifacts are behind.
 *
 * Owns the tables `upstream_sources`, `upstream_items` and `artifact_origins`.
 */
export type { UpstreamTables } from './tables.ts'
