import { SmdError } from '../../../../../protocol/errors.ts'
import { mergeTrees } from '../merge/index.ts'
import { readTree } from '../objects/index.ts'
import type { WorkTools } from '../tools.ts'
import { describeFiles, type FilePlan, roomForLines } from './describe.ts'
import { diskSide } from './sides.ts'

/** Absolute paths of three files, or three folders. */
export type MergePathsParams = { base: string; local: string; remote: string }

/** What a merge of any three versions would make of the local one. Errors: those of the method `diff.merge`. */
export async function mergePaths(
  _: WorkTools,
  paths: MergePathsParams,
): Promise<{ files: FilePlan[]; openConflicts: number }> {
  const [base, local, remote] = await Promise.all(
    [paths.base, paths.local, paths.remote].map(async (path) => ({ path, tree: await readTree(path) })),
  )
  if (!base || !local || !remote) throw new Error('three paths have three trees')
  if (new Set([base, local, remote].map(({ tree }) => tree.isFile)).size > 1)
    throw new SmdError('merge.mixed', { paths: Object.values(paths).join(', ') })
  const sides = {
    base: diskSide(base.tree, base.path),
    local: diskSide(local.tree, local.path),
    remote: diskSide(remote.tree, remote.path),
  }
  const merge = await mergeTrees(sides)
  const files = await describeFiles(merge.files, sides, roomForLines())
  return { files, openConflicts: files.filter(({ isOpen }) => isOpen).length }
}
