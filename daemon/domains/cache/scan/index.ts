/** What other domains may use of the scanner. */
export { comparePaths } from './content-hash.ts'
