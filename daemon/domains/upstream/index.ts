/**
 * What the origins of artifacts offer now, and which artifacts are behind.
 *
 * Owns the tables `upstream_sources`, `upstream_items` and `artifact_origins`. Scans of the cache say where artifacts came
 * from (`origin.ts`), providers ask such places (`source.ts`), `evaluate.ts` is the rule; what changes rows is in
 * `writer/`. Serves `protocol/domains/upstream.ts`.
 */
export { UpstreamChecks } from './checks.ts'
export { upstreamHandlers } from './handlers.ts'
export type { ArtifactOrigin } from './origin.ts'
export type {
  FilesQuery,
  UpstreamAnswer,
  UpstreamFile,
  UpstreamItem,
  UpstreamProviders,
  UpstreamSource,
} from './source.ts'
export type { UpstreamTables } from './tables.ts'
