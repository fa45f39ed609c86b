/** One side of a comparison: some files, on the disk or at a source. */
import { comparePaths } from '../scan/content-hash.ts'

export type SideFile = {
  /** Id of the content as a git blob, 40 hex: equal for equal files. */
  id: string
  /** Whether it may be run; null where that does not count. */
  executable: boolean | null
}

export type Side = {
  /** By path, `/`-separated; of a single file by its name. */
  files: ReadonlyMap<string, SideFile>
  /** True for a single file, which is compared with a single file whatever their names. */
  isFile: boolean
  /** Sees to it that what these files hold is at hand. To be called once, before `read`. */
  prepare(paths: readonly string[]): Promise<void>
  /** What a file holds; null when that is not to be shown: too long, one too many to be asked for, or elsewhere. */
  read(path: string): Promise<Buffer | null>
}

/** Files beyond it are told without their lines, bytes. */
export const MAX_FILE_BYTES = 1024 * 1024

/** A folder without what is left out; a single file is compared whatever its name. */
export function without(side: Side, isIgnored: (path: string) => boolean): Side {
  if (side.isFile) return side
  return { ...side, files: new Map([...side.files].filter(([path]) => !isIgnored(path))) }
}

/** Two files that stand for one another; null where a side has none. */
export type Pair = { path: string; left: string | null; right: string | null }

/** What to compare with what, by path. Two single files are a pair, under the name of the left one. */
export function pairsOf(left: Side, right: Side): Pair[] {
  const [only] = left.files.keys()
  const [other] = right.files.keys()
  if (left.isFile && right.isFile && only !== undefined && other !== undefined)
    return [{ path: only, left: only, right: other }]
  const paths = [...new Set([...left.files.keys(), ...right.files.keys()])].sort(comparePaths)
  return paths.map((path) => ({
    path,
    left: left.files.has(path) ? path : null,
    right: right.files.has(path) ? path : null,
  }))
}
