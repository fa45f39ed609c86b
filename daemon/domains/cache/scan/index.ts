/** What other domains may use of the scanner. */
export { mergeAgentFolders, resolveUserPath } from './agents.ts'
export { comparePaths } from './content-hash.ts'
export { skippedFolders } from './skipped-folders.ts'
