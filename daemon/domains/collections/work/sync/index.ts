/**
 * Keeps projects and collections in step. `copies.ts` reads what is there, `plan.ts` says what is to be done with one
 * artifact, `pull.ts` and `push.ts` do it.
 */
import { checkSync } from './check.ts'
import { mergePaths } from './merge-paths.ts'
import { previewSync } from './preview.ts'
import { pullSync } from './pull.ts'
import { pushSync } from './push.ts'
import { updateCollection } from './update.ts'

export const syncWork = { checkSync, previewSync, pullSync, pushSync, updateCollection, mergePaths }
