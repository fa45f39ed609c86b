/** Repositories anywhere, by git itself: a list of names first, and only when it changed a clone without contents. */
import { UpstreamError, type UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import type { GitRepository } from './git-command.ts'
import { type GitAddress, isSafeRef, parseGitAddress } from './git-url.ts'
import type { Opened, Revision } from './repository.ts'
import { type Listing, rootId } from './tree-id.ts'
import { newestVersion } from './versions.ts'

type GitSource = Extract<UpstreamSource, { kind: 'git' }>

const commitForm = /^[0-9a-f]{40}$/
/** Where a branch or commit is put in the repository of ours. */
const local = 'refs/smd/'

/** What the other side has, by full name: `HEAD`, `refs/heads/main`, `refs/tags/v1` (annotated ones by their commit). */
type Names = Map<string, string>

/**
 * Opens a repository. Costs one call when nothing changed, else two; another one for each older revision and each file
 * that is read. A server that cannot leave contents out sends those of one commit.
 */
export async function openGit(
  { git }: ProviderContext,
  { url, ref }: GitSource,
  validator: string | null,
  signal: AbortSignal,
): Promise<Opened> {
  const address = parseGitAddress(url)
  if (ref !== null && !isSafeRef(ref))
    throw new UpstreamError('unsupported', `${JSON.stringify(ref)} is no branch, tag or commit.`)
  const repository = await git.open(address, signal)
  let isOpen = false
  try {
    const names = await listNames(repository, address, ref)
    const version = newestVersion(tagsIn(names), ref)
    const wanted = resolve(names, ref)
    const current = wanted && `${wanted.commit} ${version ?? '-'}`
    if (current !== null && current === validator) return { kind: 'unchanged' }
    const head = await headOf(repository, address, wanted, ref)
    isOpen = true
    return {
      kind: 'open',
      head,
      version,
      validator: current,
      at: (revision) => olderRevision(repository, names, revision),
      close: async () => repository.remove(),
    }
  } finally {
    if (!isOpen) repository.remove()
  }
}

async function listNames(
  repository: GitRepository,
  { name }: GitAddress,
  ref: string | null,
): Promise<Names> {
  const patterns = ['HEAD', 'refs/tags/*', ...(ref === null ? [] : [`refs/heads/${ref}`])]
  const output = (await repository.ask(['ls-remote', '--quiet', 'origin', ...patterns])).toString('utf8')
  const names: Names = new Map()
  for (const line of output.split('\n')) {
    if (line === '') continue
    const [id = '', full = ''] = line.split('\t')
    if (/^[0-9a-f]{64}$/.test(id))
      throw new UpstreamError('unsupported', `${name} uses SHA-256 ids, which smd does not support.`)
    // `^{}`: the commit of an annotated tag, which is listed after the tag itself.
    if (commitForm.test(id)) names.set(full.replace(/\^\{\}$/, ''), id)
  }
  return names
}

const tagsIn = (names: Names): string[] =>
  [...names.keys()].flatMap((full) => (full.startsWith('refs/tags/') ? full.slice('refs/tags/'.length) : []))

/** What a ref means: a commit, else a tag, else a branch (formats spec section 11). Null when nothing has the name. */
function resolve(names: Names, ref: string | null): { commit: string; full: string } | null {
  if (ref !== null && commitForm.test(ref)) return { commit: ref, full: ref }
  for (const full of ref === null ? ['HEAD'] : [`refs/tags/${ref}`, `refs/heads/${ref}`]) {
    const commit = names.get(full)
    if (commit !== undefined) return { commit, full }
  }
  return null
}

async function headOf(
  repository: GitRepository,
  { name }: GitAddress,
  wanted: { full: string } | null,
  ref: string | null,
): Promise<Revision> {
  if (wanted !== null) return fetchRevision(repository, wanted.full)
  // A repository without any commit.
  if (ref === null) return { commit: null, digest: async () => null, read: async () => null }
  const found = await searchHistory(repository, ref)
  if (found) return found
  throw new UpstreamError('not_found', `${name} has no ${JSON.stringify(ref)}.`)
}

async function olderRevision(
  repository: GitRepository,
  names: Names,
  revision: string,
): Promise<Revision | null> {
  const wanted = isSafeRef(revision) ? resolve(names, revision) : null
  if (wanted) {
    try {
      return await fetchRevision(repository, wanted.full)
    } catch (error) {
      // Not there, or the server hands out only what has a name.
      if (!(error instanceof UpstreamError) || !commitForm.test(revision)) throw error
    }
  }
  return searchHistory(repository, revision)
}

/** The commit and its trees, without contents. */
async function fetchRevision(repository: GitRepository, full: string): Promise<Revision> {
  const to = `${local}${full.replaceAll('/', '-')}`
  await fetch(repository, ['--depth=1', 'origin', `+${full}:${to}`])
  return revisionAt(repository, to)
}

/** A commit, perhaps cut short, that cannot be asked for: it is looked for in all of the history. */
async function searchHistory(repository: GitRepository, commit: string): Promise<Revision | null> {
  if (!/^[0-9a-f]{7,40}$/.test(commit)) return null
  // That many commits mean all, also where the history was cut before.
  const everything = ['--depth=2147483647', 'origin', `+refs/heads/*:${local}heads/*`]
  await fetch(repository, [...everything, `+refs/tags/*:${local}tags/*`])
  try {
    return await revisionAt(repository, commit)
  } catch (error) {
    if (error instanceof UpstreamError) return null
    throw error
  }
}

const fetch = (repository: GitRepository, args: readonly string[]): Promise<Buffer> =>
  repository.ask(['fetch', '--quiet', '--filter=blob:none', '--no-tags', ...args])

async function revisionAt(repository: GitRepository, name: string): Promise<Revision> {
  const output = await repository.run(['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
  const commit = output.toString('utf8').trim()
  const listing = readListing(await repository.run(['ls-tree', '-r', '-t', '-z', '--full-tree', commit]))
  return {
    commit,
    digest: async (path) => (path === '' ? rootId(listing) : (listing.get(path)?.id ?? null)),
    async read(path, maxBytes) {
      const entry = listing.get(path)
      if (!entry?.mode.startsWith('100')) return null
      // Git fetches it when it is asked for.
      return repository.ask(['cat-file', 'blob', entry.id], { maxBytes })
    },
  }
}

/** `<mode> SP <type> SP <id> TAB <path> NUL` */
function readListing(output: Buffer): Listing {
  const listing: Listing = new Map()
  for (const line of output.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t')
    if (tab < 0) continue
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ')
    listing.set(line.slice(tab + 1), { mode, id })
  }
  return listing
}
