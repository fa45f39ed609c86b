/** What other domains may use of comparisons. */
export { ignoring } from './ignored.ts'
export { type Hunk, textHunks, textOf } from './text-hunks.ts'
