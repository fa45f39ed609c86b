/**
 * The object store of smd: contents and trees of artifacts, for snapshots, bases of merges and undo. Knows a folder and
 * nothing else of collections.
 */
export { assembleTree } from './assemble-tree.ts'
export { collectGarbage, type Garbage } from './collect-garbage.ts'
export { decodeName, type SystemPath, shownPath, systemPath } from './entry-paths.ts'
export { ObjectStore, readTree } from './store.ts'
export type { TakeOptions } from './take-tree.ts'
export { digestOf, isDigest, newTree, type Tree, type TreeEntry } from './tree.ts'
