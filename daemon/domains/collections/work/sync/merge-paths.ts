import { SmdError } from '../../../../../protocol/errors.ts'
import { ignoring } from '../../../cache/diff/index.ts'
import { mergeTrees } from '../merge/index.ts'
import { readTree } from '../objects/index.ts'
import type { WorkTools } from '../tools.ts'
import { describeFiles, type FilePlan, roomForLines } from './describe.ts'
import { diskSide } from './sides.ts'

/** Absolute paths of three files, or three folders. */
export type MergePathsParams = {
  base: string
  local: string
  remote: string
  /** Unchanged lines around a change. */
  context: number
  /** Patterns of what does not count. */
  ignore: readonly string[]
}

/** What a merge of any three versions would make of the local one. Errors: those of the method `diff.merge`. */
export async function mergePaths(
  _: WorkTools,
  paths: MergePathsParams,
): Promise<{ files: FilePlan[]; openConflicts: number }> {
  const ignored = ignoring(paths.ignore)
  const read = async (path: string) => {
    const tree = await readTree(path, { leaveOut: ignored.name })
    const entries = tree.isFile ? tree.entries : tree.entries.filter((entry) => !ignored.path(entry.path))
    return { path, tree: { ...tree, entries } }
  }
  const [base, local, remote] = await Promise.all([paths.base, paths.local, paths.remote].map(read))
  if (!base || !local || !remote) throw new Error('three paths have three trees')
  if (new Set([base, local, remote].map(({ tree }) => tree.isFile)).size > 1)
    throw new SmdError('merge.mixed', { paths: [base, local, remote].map(({ path }) => path).join(', ') })
  const sides = {
    base: diskSide(base.tree, base.path),
    local: diskSide(local.tree, local.path),
    remote: diskSide(remote.tree, remote.path),
  }
  const merge = await mergeTrees(sides)
  const files = await describeFiles(merge.files, sides, { ...roomForLines(), context: paths.context })
  return { files, openConflicts: files.filter(({ isOpen }) => isOpen).length }
}
