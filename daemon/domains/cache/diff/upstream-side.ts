/** The files of an artifact at its source. */
import type { FilesQuery } from '../../upstream/index.ts'
import { openSourceFiles, type SourceFilesOptions } from '../../upstream/writer/index.ts'
import { isLeftBehind } from '../scan/local-digest.ts'
import { type DiskLimits, diskSide } from './disk-side.ts'
import { MAX_FILE_BYTES, type Side, type SideFile } from './side.ts'

export type SourcePlace = Omit<FilesQuery, 'isFile'> & {
  /** A part of it, `/`-separated: what a plugin brings along. Null: all of it. */
  inside: string | null
}

type Options = Omit<SourceFilesOptions, 'maxBytes'> & { limits: DiskLimits; isFile: boolean }

/** To be closed. Errors: `UpstreamError`, `artifact.unreadable` for a source on this machine, the reason of the signal. */
export async function upstreamSide(
  { inside, ...place }: SourcePlace,
  { limits, isFile, ...options }: Options,
): Promise<{ side: Side; close(): Promise<void> }> {
  const query = { ...place, isFile: isFile && inside === null }
  const found = await openSourceFiles(query, { ...options, maxBytes: MAX_FILE_BYTES })
  if (found.kind === 'disk') {
    const path = inside === null ? found.path : `${found.path}/${inside}`
    return {
      side: await diskSide({ path, part: null }, 'git', limits, options.signal),
      close: async () => undefined,
    }
  }
  const wanted = found.files.flatMap((file) => {
    const path = inside === null ? file.path : pathInside(file.path, inside)
    return path === null || path.split('/').some(isLeftBehind) ? [] : { ...file, path, file }
  })
  const isSingle = found.isFile || (wanted.length === 1 && wanted[0]?.file.path === inside)
  const files = new Map<string, SideFile>()
  for (const { path, id, mode } of wanted)
    files.set(path, { id, executable: isSingle ? null : mode === '100755' })
  const byPath = new Map(wanted.map(({ path, file }) => [path, file]))
  const side: Side = {
    files,
    isFile: isSingle,
    prepare: (paths) => found.prepare(paths.flatMap((path) => byPath.get(path) ?? [])),
    async read(path) {
      const file = byPath.get(path)
      return file ? found.content(file) : null
    },
  }
  return { side, close: found.close }
}

/** A path from a folder on; of the folder itself, which is a file then, its name. Null for what lies elsewhere. */
function pathInside(path: string, folder: string): string | null {
  if (path === folder) return path.slice(path.lastIndexOf('/') + 1)
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
}
