import { checkSync } from './check.ts'
import { previewSync } from './preview.ts'

/** What is done to keep projects and collections in step. */
export const syncWork = { checkSync, previewSync }
