/** What other domains may use of comparisons. */
export { type Hunk, textHunks, textOf } from './text-hunks.ts'
