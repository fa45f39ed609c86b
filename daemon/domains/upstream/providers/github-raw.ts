/** Contents of GitHub's public repositories by commit and path: no request of them is one of the 60 a stranger has in an hour. */
import { NetError } from '../../../kernel/net/net-error.ts'
import type { ContentsOf, UpstreamFile, UpstreamFiles, UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import { objectId } from './tree-id.ts'

type GithubSource = Extract<UpstreamSource, { kind: 'github' }>

/** Where files lie in a repository. */
export type RawPlace = {
  /** A commit, or what the branch is called; null for the head. What comes is told by its id, so it may have moved on. */
  ref: string | null
  /** Of the folder, or of the file. */
  path: string
  isFile: boolean
}

const AT_ONCE = 4

/**
 * The same files; to a stranger their contents come without the API as far as that goes, and from `files` where it does not:
 * what is not there, is something else by now, or all of it, when that address cannot be reached.
 */
export function withRaw(
  ctx: ProviderContext,
  source: GithubSource,
  place: Omit<RawPlace, 'isFile'>,
  files: UpstreamFiles,
  signal: AbortSignal,
): UpstreamFiles {
  if (files.kind === 'disk') return files
  const { isFile, contents } = files
  return {
    ...files,
    async contents(wanted, maxBytes, found) {
      const isKnown = ctx.githubRaw === null || (await ctx.githubToken.get(signal)) !== null
      const left = isKnown
        ? wanted
        : await rawContents(ctx, source, { ...place, isFile }, wanted, maxBytes, found, signal)
      if (left.length > 0) await contents(left, maxBytes, found)
    },
  }
}

/** Answers which files are still to be had; those that are too long are not. Errors: `offline`; the reason of `signal`. */
async function rawContents(
  ctx: ProviderContext,
  { owner, repo }: GithubSource,
  { ref, path, isFile }: RawPlace,
  files: readonly UpstreamFile[],
  maxBytes: number,
  found: Parameters<ContentsOf>[2],
  signal: AbortSignal,
): Promise<UpstreamFile[]> {
  const left: UpstreamFile[] = []
  const waiting = files.values()
  let isReachable = true
  const lane = async (): Promise<void> => {
    for (const file of waiting) {
      if (!isReachable) {
        left.push(file)
        continue
      }
      const below = isFile ? [] : [file.path]
      const inside = [ref ?? 'HEAD', ...(path === '' ? [] : [path]), ...below].join('/')
      const address = [owner, repo, ...inside.split('/')].map(encodeURIComponent).join('/')
      try {
        const { body } = await ctx.http.get(`${ctx.githubRaw}/${address}`, {
          accept: 'application/octet-stream',
          maxBytes,
          signal,
        })
        if (objectId('blob', body) === file.id) found(file.id, body)
        else left.push(file)
      } catch (error) {
        if (!(error instanceof NetError) || error.kind === 'offline') throw error
        if (error.kind === 'too_large') continue
        left.push(file)
        // A name it does not know is that of one file; anything else is true of all.
        if (error.status !== 404) isReachable = false
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return left
}
