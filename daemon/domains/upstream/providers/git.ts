/** Repositories anywhere, by git itself: a list of names first, and only when it changed a clone without contents. */
import { UpstreamError, type UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import type { Git, GitRepository } from './git-command.ts'
import { contentsOf } from './git-contents.ts'
import { type GitAddress, isSafeRef, parseGitAddress } from './git-url.ts'
import type { Opened, Revision } from './repository.ts'
import { type Listing, listingBelow, rootId } from './tree-id.ts'
import { newestVersion } from './versions.ts'

type GitSource = Extract<UpstreamSource, { kind: 'git' }>

const commitForm = /^[0-9a-f]{40}$/
/** Where a branch or commit is put in the repository of ours. */
const local = 'refs/smd/'

/** What the other side has, by full name: `HEAD`, `refs/heads/main`, `refs/tags/v1` (annotated ones by their commit). */
type Names = Map<string, string>

type Remote = {
  repository: GitRepository
  names: Names
  /** Another repository of ours with the same other side. */
  open(): Promise<GitRepository>
}

/**
 * Opens a repository. Costs one call when nothing changed, else two; another one for each older revision (two, when
 * it was cut short) and each file that is read. A server that cannot leave contents out sends those of one commit.
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
  try {
    return await openAddress(git, address, { ref, validator, signal })
  } catch (error) {
    const isRefused = error instanceof UpstreamError && error.reason === 'unauthorized'
    if (!isRefused || !(await git.becomeStranger(address, signal))) throw error
    return openAddress(git, address, { ref, validator, signal })
  }
}

type Wanted = { ref: string | null; validator: string | null; signal: AbortSignal }

async function openAddress(
  git: Git,
  address: GitAddress,
  { ref, validator, signal }: Wanted,
): Promise<Opened> {
  const repository = await git.open(address, signal)
  let isOpen = false
  try {
    const names = await listNames(repository, address, ref)
    const version = newestVersion(tagsIn(names), ref)
    const wanted = resolve(names, ref)
    const current = wanted && `${wanted.commit} ${version ?? '-'}`
    if (current !== null && current === validator) return { kind: 'unchanged' }
    const remote: Remote = { repository, names, open: () => git.open(address, signal) }
    const head = await headOf(remote, address, wanted, ref)
    isOpen = true
    return {
      kind: 'open',
      head,
      version,
      validator: current,
      at: (revision) => olderRevision(remote, revision),
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
  remote: Remote,
  { name }: GitAddress,
  wanted: { full: string } | null,
  ref: string | null,
): Promise<Revision> {
  if (wanted?.full.startsWith('refs/') || wanted?.full === 'HEAD')
    return fetchRevision(remote.repository, wanted.full)
  // Git takes the page of a hotel's network, too, for a repository without commits.
  if (ref === null) throw new UpstreamError('not_found', `${name} has no commits.`)
  const found = await olderRevision(remote, ref)
  if (found) return found
  throw new UpstreamError('not_found', `${name} has no ${JSON.stringify(ref)}.`)
}

async function olderRevision(remote: Remote, revision: string): Promise<Revision | null> {
  const wanted = isSafeRef(revision) ? resolve(remote.names, revision) : null
  if (wanted?.full.startsWith('refs/')) return fetchRevision(remote.repository, wanted.full)
  return commitForm.test(revision) ? fetchCommit(remote, revision) : searchCommit(remote, revision)
}

/** The commit and its trees, without contents. */
async function fetchRevision(repository: GitRepository, full: string): Promise<Revision> {
  const to = `${local}${full.replaceAll('/', '-')}`
  await fetch(repository, 'blob:none', ['--depth=1', 'origin', `+${full}:${to}`])
  const commit = await commitAt(repository, to)
  if (commit !== null) return revisionAt(repository, commit)
  throw new UpstreamError('not_found', `${JSON.stringify(full)} is no commit.`)
}

/** A commit by its id; null when the other side has none. */
async function fetchCommit({ repository }: Remote, id: string): Promise<Revision | null> {
  try {
    return await fetchRevision(repository, id)
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    if (error.reason === 'not_found') return null
    if (error.reason !== 'bad_answer') throw error
  }
  // Some servers hand out only what has a name, with all that is behind it.
  await fetch(repository, 'blob:none', everything)
  const commit = await commitAt(repository, id)
  return commit === null ? null : revisionAt(repository, commit)
}

/** A commit whose id was cut short cannot be asked for: all commits are looked through, without what is in them. */
async function searchCommit(remote: Remote, start: string): Promise<Revision | null> {
  if (!/^[0-9a-f]{7,39}$/.test(start)) return null
  const history = await remote.open()
  try {
    await fetch(history, 'tree:0', everything)
    const commit = await commitAt(history, start)
    return commit === null ? null : await fetchCommit(remote, commit)
  } finally {
    history.remove()
  }
}

/** That many commits mean all, also where the history was cut before. */
const everything = [
  '--depth=2147483647',
  'origin',
  `+refs/heads/*:${local}heads/*`,
  `+refs/tags/*:${local}tags/*`,
]

/** The commit that a name, or the beginning of an id, stands for; null when there is none, or more than one. */
async function commitAt(repository: GitRepository, name: string): Promise<string | null> {
  try {
    const output = await repository.run(['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
    return output.toString('utf8').trim()
  } catch (error) {
    if (error instanceof UpstreamError) return null
    throw error
  }
}

function fetch(
  repository: GitRepository,
  filter: 'blob:none' | 'tree:0',
  args: readonly string[],
): Promise<Buffer> {
  return repository.ask(['fetch', '--quiet', `--filter=${filter}`, '--no-tags', ...args])
}

async function revisionAt(repository: GitRepository, commit: string): Promise<Revision> {
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
    files: {
      kind: 'objects',
      entries: async (path) => listingBelow(listing, path),
      contents: contentsOf(repository),
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
