import { listCollections } from './list-collections.ts'

/** What is done with collections as such and with what they hold. */
export const libraryWork = { listCollections }
