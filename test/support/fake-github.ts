/**
 * GitHub's REST API for trees, blobs and tags over real repositories, with its shapes, ETags, limits and moods; and below `/raw`
 * what it serves of public ones without counting.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Loopback, serve } from './loopback.ts'
import { git, readBlob } from './upstream-repo.ts'

/** Answers in its own way and returns true, or leaves it to the usual one. */
export type Mood = (request: IncomingMessage, response: ServerResponse) => boolean

type Reply = [status: number, value: unknown, headers?: Record<string, string>]

export type FakeGithub = Loopback & {
  /** Folder of the repository by `owner/repo`. */
  repositories: Map<string, string>
  /** Seen only with a token. */
  isPrivate: Set<string>
  /** New name by old one: answered with 301, as after a renaming. */
  renamed: Map<string, string>
  /** Known tokens; another one is refused with 401. */
  tokens: Set<string>
  /** What `sha` of a tree names when a branch was asked for; both have been seen. */
  namesTree: 'commit' | 'tree'
  /** Entries after which a recursive answer is cut. */
  maxEntries: number
  /** Requests left in this hour, by token ('' without one). */
  remaining: Map<string, number>
  /** Tried in turn before anything else, each once; true when it has answered. */
  moods: Mood[]
}

/** `start` is how it is served: until the test is over, if nothing else is said. */
export async function fakeGithub(now: () => number, start: typeof serve = serve): Promise<FakeGithub> {
  const github: FakeGithub = Object.assign(
    await start((request, response) => {
      if (github.moods.shift()?.(request, response)) return
      if (request.url?.startsWith('/raw/')) answerRaw(github, request.url, response)
      else answer(github, now, request, response)
    }),
    {
      repositories: new Map(),
      isPrivate: new Set<string>(),
      renamed: new Map(),
      tokens: new Set<string>(),
      namesTree: 'commit' as const,
      maxEntries: Number.POSITIVE_INFINITY,
      remaining: new Map(),
      moods: [],
    },
  )
  return github
}

function answer(
  github: FakeGithub,
  now: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const [status, value, headers] = reply(github, token, request)
  const body = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))
  const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`
  const isSame = status === 200 && request.headers['if-none-match'] === etag
  const left = github.remaining.get(token) ?? (token ? 5_000 : 60)
  // What did not change counts for strangers only.
  const costs = !isSame || token === ''
  github.remaining.set(token, costs ? Math.max(left - 1, 0) : left)
  response.writeHead(isSame ? 304 : status, {
    date: new Date(now()).toUTCString(),
    'content-type': 'application/json; charset=utf-8',
    'x-ratelimit-remaining': String(github.remaining.get(token)),
    'x-ratelimit-reset': String(Math.floor(now() / 1000) + 1_800),
    ...(status === 200 && { etag }),
    ...headers,
  })
  response.end(isSame ? undefined : body)
}

function answerRaw({ repositories, isPrivate }: FakeGithub, url: string, response: ServerResponse): void {
  const [owner, repo, ref, ...path] = url.slice('/raw/'.length).split('/').map(decodeURIComponent)
  const name = `${owner}/${repo}`
  const dir = isPrivate.has(name) ? undefined : repositories.get(name)
  let id: string | null = null
  try {
    id = dir ? git(dir, 'rev-parse', '--verify', '--quiet', `${ref}:${path.join('/')}`) : null
  } catch {
    // No such file.
  }
  response.writeHead(id === null ? 404 : 200, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(id === null || !dir ? '404: Not Found' : readBlob(dir, id))
}

function reply(github: FakeGithub, token: string, request: IncomingMessage): Reply {
  if (token !== '' && !github.tokens.has(token)) return [401, { message: 'Bad credentials' }]
  if (github.remaining.get(token) === 0) return [403, { message: 'API rate limit exceeded' }]
  const url = new URL(request.url ?? '', github.origin)
  const [, ownerRepo, id, rest = ''] =
    /^\/repos(?:\/([^/]+\/[^/]+)|itories\/(\d+))\/(.*)$/.exec(url.pathname) ?? []
  const names = [...github.repositories.keys()]
  const name = ownerRepo ?? names[Number(id)] ?? ''
  const newName = github.renamed.get(name)
  if (newName) {
    const location = `${github.origin}/repositories/${names.indexOf(newName)}/${rest}${url.search}`
    return [301, { message: 'Moved Permanently', url: location }, { location }]
  }
  const dir = github.repositories.get(name)
  if (!dir || (github.isPrivate.has(name) && token === '')) return [404, { message: 'Not Found' }]
  const [, kind, what = ''] = /^git\/(trees|blobs|matching-refs)\/(.*)$/.exec(decodeURIComponent(rest)) ?? []
  if (kind === 'trees') return replyTree(github, dir, what, url.searchParams.has('recursive'))
  if (kind === 'blobs') {
    const raw = request.headers.accept === 'application/vnd.github.raw+json'
    return raw ? [200, readBlob(dir, what)] : [415, { message: 'Asks for JSON' }]
  }
  if (kind !== 'matching-refs') return [404, { message: 'Not Found' }]
  const format = '--format=%(refname) %(objectname) %(objecttype)'
  const tags = git(dir, 'for-each-ref', format, `refs/${what}`).split('\n').filter(Boolean)
  return [200, tags.map((line) => toRef(line.split(' ')))]
}

function replyTree(
  { namesTree, maxEntries }: FakeGithub,
  dir: string,
  name: string,
  recursive: boolean,
): Reply {
  if (git(dir, 'for-each-ref') === '') return [409, { message: 'Git Repository is empty.' }]
  let tree: string
  try {
    tree = git(dir, 'rev-parse', '--verify', '--quiet', `${name}^{tree}`)
  } catch {
    return [404, { message: 'Not Found' }]
  }
  const sha = namesTree === 'tree' ? tree : git(dir, 'rev-parse', name)
  const entries = entriesOf(dir, tree, recursive)
  const limit = recursive ? maxEntries : entries.length
  return [200, { sha, url: '', tree: entries.slice(0, limit), truncated: entries.length > limit }]
}

/** A tree never changes, so git is asked once. */
const known = new Map<string, ReturnType<typeof toEntry>[]>()

function entriesOf(dir: string, tree: string, recursive: boolean): ReturnType<typeof toEntry>[] {
  const key = `${tree} ${recursive}`
  const found = known.get(key)
  if (found) return found
  const output = git(dir, 'ls-tree', '-t', '-z', '--long', ...(recursive ? ['-r'] : []), tree)
  const entries = output.split('\0').filter(Boolean).map(toEntry)
  known.set(key, entries)
  return entries
}

const toRef = ([ref, sha, type]: string[]) => ({ ref, node_id: '', url: '', object: { sha, type, url: '' } })

function toEntry(line: string) {
  const [left = '', path] = line.split('\t')
  const [mode, type, sha, size = '-'] = left.split(/ +/)
  return { path, mode, type, sha, ...(size !== '-' && { size: Number(size) }), url: '' }
}
