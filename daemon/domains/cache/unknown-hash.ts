/**
 * Stands for the content hash of what lies at the place of a deployment, and is too much to be read or cannot be: no content has
 * it. Apart, as both who reads the disk and who answers need it.
 */
export const unknownHash = '0'.repeat(64)
