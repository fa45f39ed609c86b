/** Three-way merge of texts and of artifacts, in memory. */
export { LOCAL_MARKER, REMOTE_MARKER } from './conflict-lines.ts'
export { MAX_MERGE_BYTES, type MergeEntry, type MergeSide } from './merge-entry.ts'
export type { MergedEntry } from './merge-file.ts'
export {
  type Choice,
  type ConflictRule,
  type MergedFile,
  type MergeOptions,
  mergeTrees,
  type TreeMerge,
} from './merge-tree.ts'
