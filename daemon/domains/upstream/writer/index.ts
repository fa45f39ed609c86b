/**
 * The half of the domain that changes rows: it runs in the writer process and loads nothing of the cache.
 *
 * `keep-origin.ts` belongs to the transaction that writes an artifact, `check.ts` asks the sources, `answers.ts` keeps what
 * they say and judges anew whatever comes from them. The rule itself is `../evaluate.ts`. `source-files.ts` finds the files
 * of one artifact at its source, `kept-files.ts` keeps what they hold.
 */
export { objectId } from '../providers/tree-id.ts'
export { UpstreamError } from '../source.ts'
export { type CheckRequest, type CheckResult, checkUpstream, noProviders } from './check.ts'
export { judgeArtifact, keepOrigin } from './keep-origin.ts'
export { KeptFiles } from './kept-files.ts'
export { openSourceFiles, type SourceFilesOptions } from './source-files.ts'
