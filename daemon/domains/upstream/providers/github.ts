/** Repositories on GitHub, by its REST API: one request tells the ids of everything in them. */
import type { HttpRequest, HttpResponse } from '../../../kernel/net/http-client.ts'
import { NetError } from '../../../kernel/net/net-error.ts'
import { type ContentsOf, UpstreamError, type UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import { isRecord, ownValue, parseJson, textAt } from './json.ts'
import type { Opened, Revision } from './repository.ts'
import { type Listing, listingBelow, rootId } from './tree-id.ts'
import type { GithubTree, TreeResult } from './tree-memo.ts'
import { isVersion, newestVersion } from './versions.ts'

type GithubSource = Extract<UpstreamSource, { kind: 'github' }>

type Repository = { ctx: ProviderContext; name: string; url: string; signal: AbortSignal }

const commitForm = /^[0-9a-f]{40}$/
/** Contents asked for at a time, each of which is one of the 60 requests that a stranger has in an hour. */
const MAX_BLOBS = 100
const BLOBS_AT_ONCE = 4

/**
 * Opens a repository. Costs one request; another one for each revision that is asked for, for each file that is read,
 * for each folder when the repository is too large for one answer, and for the tags when `ref` is a version.
 */
export async function openGithub(
  ctx: ProviderContext,
  source: GithubSource,
  validator: string | null,
  signal: AbortSignal,
): Promise<Opened> {
  const repository = repositoryOf(ctx, source, signal)
  const [treeTag = null, tagsTag = null] = validator?.split(' ') ?? []
  const tree = await treeAt(repository, source.ref ?? 'HEAD', treeTag)
  // Whoever is at a version wants to hear of newer ones, which the tree of that version does not tell.
  const pinned = source.ref !== null && isVersion(source.ref) ? source.ref : null
  const tags =
    pinned === null ? null : await tagsOf(repository, pinned, tree === 'unchanged' ? tagsTag : null)
  if (tree === 'unchanged') {
    if (tags === null || tags === 'unchanged') return { kind: 'unchanged' }
    // The tags moved, the tree did not: it is needed all the same.
    return openGithub(ctx, source, null, signal)
  }
  // Without an ETag nothing is unchanged.
  const newest = tags === 'unchanged' ? null : tags
  return {
    kind: 'open',
    head: revisionOf(repository, tree),
    version: newest?.version ?? null,
    validator: newest === null ? tree.etag : tree.etag && newest.etag && `${tree.etag} ${newest.etag}`,
    at: (revision) => olderRevision(repository, revision),
    close: async () => undefined,
  }
}

function repositoryOf(ctx: ProviderContext, { owner, repo }: GithubSource, signal: AbortSignal): Repository {
  const name = `${owner}/${repo}`
  for (const part of [owner, repo]) {
    if (!/^[A-Za-z0-9._-]+$/.test(part) || part === '.' || part === '..')
      throw new UpstreamError('unsupported', `${JSON.stringify(name)} is no repository of GitHub.`)
  }
  return { ctx, name, url: `${ctx.githubApi}/repos/${name}`, signal }
}

async function olderRevision(repository: Repository, revision: string): Promise<Revision | null> {
  try {
    const tree = await treeAt(repository, revision, null)
    return tree === 'unchanged' ? null : revisionOf(repository, tree)
  } catch (error) {
    if (error instanceof NetError && (error.status === 404 || error.status === 422)) return null
    throw error
  }
}

async function treeAt(repository: Repository, ref: string, etag: string | null): Promise<TreeResult> {
  const { ctx, name, url } = repository
  const address = `${url}/git/trees/${encodeURIComponent(ref)}?recursive=1`
  return ctx.trees.get(address, etag, async () => {
    try {
      const response = await ask(repository, address, { etag })
      return response.status === 304 ? 'unchanged' : readTree(response, name)
    } catch (error) {
      if (!(error instanceof NetError) || error.status !== 409) throw error
      throw new UpstreamError('not_found', `${name} has no commits.`, { cause: error })
    }
  })
}

/** A request as the user where there is a token, else, or when that is refused, as a stranger. */
async function ask(
  { ctx, signal }: Repository,
  url: string,
  { accept = 'application/vnd.github+json', ...more }: Partial<HttpRequest> = {},
): Promise<HttpResponse> {
  const token = await ctx.githubToken.get(signal)
  const request = { accept, signal, ...more }
  if (token === null) return ctx.http.get(url, request)
  try {
    const authorization = { origin: new URL(ctx.githubApi).origin, value: `Bearer ${token}` }
    return await ctx.http.get(url, { ...request, authorization })
  } catch (error) {
    if (!(error instanceof NetError) || (error.status !== 401 && error.status !== 403)) throw error
    // 403: an organisation may refuse a token that it did not approve, for what everybody may read.
    if (error.status === 401) ctx.githubToken.reject()
    return ctx.http.get(url, request)
  }
}

function readTree({ body, etag }: HttpResponse, name: string): GithubTree {
  const value = parseJson(body, name)
  const id = textAt(value, 'sha')
  const tree = ownValue(value, 'tree')
  const listing: Listing = new Map()
  for (const entry of Array.isArray(tree) ? tree : []) {
    const [path, mode, entryId] = [textAt(entry, 'path'), textAt(entry, 'mode'), textAt(entry, 'sha')]
    if (path === null || mode === null || entryId === null || !commitForm.test(entryId)) throw strange(name)
    const size = ownValue(entry, 'size')
    listing.set(path, { mode, id: entryId, ...(typeof size === 'number' && { sizeBytes: size }) })
  }
  if (id === null || !commitForm.test(id) || !Array.isArray(tree)) throw strange(name)
  return { id, truncated: ownValue(value, 'truncated') === true, listing, etag }
}

const strange = (name: string): UpstreamError =>
  new UpstreamError('bad_answer', `GitHub answered something strange about ${name}.`)

function revisionOf(repository: Repository, tree: GithubTree): Revision {
  const { listing, truncated } = tree
  /** Folders of which every entry is known. */
  const complete = new Set<string>()

  async function complement(folder: string): Promise<void> {
    if (!truncated || complete.has(folder)) return
    complete.add(folder)
    const id = folder === '' ? tree.id : listing.get(folder)?.id
    const { url, name } = repository
    const level = readTree(await ask(repository, `${url}/git/trees/${id}`), name)
    if (level.truncated) throw new UpstreamError('unsupported', `${name} has a folder that is too large.`)
    for (const [entry, value] of level.listing)
      listing.set(folder === '' ? entry : `${folder}/${entry}`, value)
  }

  async function find(path: string): Promise<{ mode: string; id: string } | null> {
    const known = listing.get(path)
    if (known || !truncated) return known ?? null
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    if (folder !== '' && !(await find(folder))?.mode.endsWith('40000')) return null
    await complement(folder)
    return listing.get(path) ?? null
  }

  // GitHub says the commit or the tree, depending on how it was asked; the entries tell which it is.
  const isTree = !truncated && tree.id === rootId(listing)
  return {
    commit: isTree || truncated ? null : tree.id,
    async digest(path) {
      if (path !== '') return (await find(path))?.id ?? null
      await complement('')
      return rootId(listing)
    },
    async read(path, maxBytes) {
      const entry = await find(path)
      return entry?.mode.startsWith('100') ? readBlob(repository, entry.id, maxBytes) : null
    },
    files: {
      kind: 'objects',
      async entries(path) {
        if (!truncated) return listingBelow(listing, path)
        const found = await find(path)
        // What was cut is asked for as a whole of its own.
        if (found && !found.mode.endsWith('40000')) return new Map([['', found]])
        return found && wholeTree(repository, found.id)
      },
      contents: contentsOf(repository),
    },
  }
}

async function readBlob(repository: Repository, id: string, maxBytes: number): Promise<Buffer> {
  const url = `${repository.url}/git/blobs/${id}`
  return (await ask(repository, url, { accept: 'application/vnd.github.raw+json', maxBytes })).body
}

/** Each content costs a request, so there is a bound; a few are on their way at the same time. */
function contentsOf(repository: Repository): ContentsOf {
  return async (files, maxBytes, found) => {
    const left = files.slice(0, MAX_BLOBS).values()
    const lane = async (): Promise<void> => {
      for (const { id } of left) {
        try {
          found(id, await readBlob(repository, id, maxBytes))
        } catch (error) {
          if (!(error instanceof NetError) || error.kind !== 'too_large') throw error
        }
      }
    }
    await Promise.all(Array.from({ length: BLOBS_AT_ONCE }, lane))
  }
}

/** Every entry of a folder. Errors: `unsupported` where GitHub does not tell them all. */
async function wholeTree(repository: Repository, id: string): Promise<Listing> {
  const tree = await treeAt(repository, id, null)
  if (tree !== 'unchanged' && !tree.truncated) return tree.listing
  throw new UpstreamError('unsupported', `${repository.name} has a folder that is too large.`)
}

/** The files of a folder, or of a file, by its id alone, whatever revision it is in. */
export async function githubObject(
  ctx: ProviderContext,
  source: GithubSource,
  { id, isFile }: { id: string; isFile: boolean },
  signal: AbortSignal,
): Promise<{ listing: Listing; contents: ContentsOf }> {
  const repository = repositoryOf(ctx, source, signal)
  const contents = contentsOf(repository)
  const asFile = { listing: new Map([['', { mode: '100644', id }]]), contents }
  if (isFile) return asFile
  try {
    return { listing: await wholeTree(repository, id), contents }
  } catch (error) {
    // What is no folder there may be a file.
    if (error instanceof NetError && (error.status === 404 || error.status === 422)) return asFile
    throw error
  }
}

type Tags = { version: string | null; etag: string | null }

async function tagsOf(
  repository: Repository,
  installed: string,
  etag: string | null,
): Promise<Tags | 'unchanged'> {
  const response = await ask(repository, `${repository.url}/git/matching-refs/tags/`, { etag })
  if (response.status === 304) return 'unchanged'
  const value = parseJson(response.body, repository.name)
  if (!Array.isArray(value) || !value.every(isRecord)) throw strange(repository.name)
  const names = value.map((tag) => textAt(tag, 'ref')?.replace(/^refs\/tags\//, '') ?? '')
  return { version: newestVersion(names, installed), etag: response.etag }
}
