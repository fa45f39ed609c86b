/** What other domains may use of the scanner. */
export { mergeAgentFolders, resolveUserPath } from './agents.ts'
export {
  type ArtifactTarget,
  describeTarget,
  inferArtifactType,
  readArtifactKind,
  recogniseArtifact,
} from './artifact-type.ts'
export { type CollectionLabels, type GroupLabel, memberResolver, readLabels } from './collection-labels.ts'
export { comparePaths } from './content-hash.ts'
export { describeDiagnostic } from './diagnostics.ts'
export { decodeText, parseFrontmatter } from './frontmatter.ts'
export { normaliseFrontmatter } from './frontmatter-meta.ts'
export { isLeftOut } from './left-out.ts'
export { marketplacePlace } from './marketplace-place.ts'
export { pickHooks, type WantedHook } from './pick-hooks.ts'
export { skippedFolders } from './skipped-folders.ts'
export { gitPlace } from './upstream-place.ts'
