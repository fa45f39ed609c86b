/** The files of a source, out of what is kept as far as that goes. */
import { objectId } from '../providers/tree-id.ts'
import {
  type FilesQuery,
  UpstreamError,
  type UpstreamFile,
  type UpstreamFiles,
  type UpstreamProviders,
} from '../source.ts'
import type { KeptFiles, KeptListing } from './kept-files.ts'

export type SourceFiles =
  /** They lie on this machine, in this folder or file. */
  | { kind: 'disk'; path: string }
  | (KeptListing & {
      kind: 'files'
      /** Sees to it that what these hold is at hand. Errors: `UpstreamError`. */
      prepare(files: readonly UpstreamFile[]): Promise<void>
      /** What a file holds; null when it is longer than `maxBytes`, or one too many. */
      content(file: UpstreamFile): Buffer | null
      close(): Promise<void>
    })

export type SourceFilesOptions = {
  providers: UpstreamProviders
  /** Null: nothing is kept. */
  kept: KeptFiles | null
  /** Longer files are not fetched. */
  maxBytes: number
  signal: AbortSignal
}

/**
 * Finds the files that the last answer was about. Nobody is asked for what is kept, so what was looked at once can be
 * looked at without a network. To be closed. Errors: `UpstreamError`; the reason of `signal`.
 */
export async function openSourceFiles(
  query: FilesQuery,
  { providers, kept, maxBytes, signal }: SourceFilesOptions,
): Promise<SourceFiles> {
  // Without an id nobody knows whether it is still the same.
  const isFixed = query.digest !== null
  let opened: UpstreamFiles | null = null
  const open = async (): Promise<UpstreamFiles> => {
    opened ??= await providers.files(query, signal)
    return opened
  }
  let listing = isFixed ? (kept?.listing(query) ?? null) : null
  if (listing === null) {
    const found = await open()
    if (found.kind === 'disk') return found
    listing = { isFile: found.isFile, files: found.files }
    if (isFixed) kept?.keepListing(query, listing)
  }
  /** What could not be kept. */
  const unkept = new Map<string, Buffer>()
  return {
    kind: 'files',
    ...listing,
    async prepare(files) {
      const wanted = new Map<string, UpstreamFile>()
      for (const file of files) {
        const isShort = file.sizeBytes === null || file.sizeBytes <= maxBytes
        if (isShort && !kept?.content(file.id)) wanted.set(file.id, file)
      }
      if (wanted.size === 0) return
      const found = await open()
      if (found.kind === 'disk') return
      await found.contents([...wanted.values()], maxBytes, (id, content) => {
        if (objectId('blob', content) !== id)
          throw new UpstreamError('bad_answer', 'Its source sent something else than was asked for.')
        if (!kept?.keepContent(id, content)) unkept.set(id, content)
      })
    },
    content: ({ id }) => unkept.get(id) ?? kept?.content(id) ?? null,
    async close() {
      kept?.tidy()
      if (opened?.kind === 'files') await opened.close()
    },
  }
}
