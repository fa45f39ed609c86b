/**
 * The cache: every project and artifact of this machine, as rows.
 *
 * Owns the tables of migrations 001, 002 and those of contents. `scan/` reads the disk and knows no database; `writes.ts` changes rows and
 * runs in the writer process; the `*-repo.ts` files read rows; the `*-service.ts` files hold the rules behind the methods of
 * `protocol/domains/{projects,artifacts,contents,cache}.ts`; `refresh.ts` brings rows in line with the disk; `watches.ts` says which
 * units may have changed.
 */

export { createAnswerStore } from './answers.ts'
export { pathOf } from './artifact-item.ts'
export { cacheSize } from './cache-size.ts'
export { type AlikeContents, alikeContents } from './contents/alike.ts'
export { ContentIndex } from './contents/content-index.ts'
export { badIntervals, freshnessOf, projectIntervals } from './freshness.ts'
export { cacheHandlers, read } from './handlers.ts'
export { artifactId, projectId } from './ids.ts'
export { IntegrityCheck } from './integrity-check.ts'
export { maintain } from './maintenance.ts'
export { CacheMemo } from './memo.ts'
export { countTotals, selectCacheCounts, selectLastRefresh } from './metadata-repo.ts'
export { createProcessEngine } from './process-engine.ts'
export { findProject } from './project-ref.ts'
export { Refresher } from './refresh.ts'
export { reviewQueries } from './slow-queries.ts'
export { unknownHash } from './unknown-hash.ts'
export { CacheUsage } from './usage.ts'
