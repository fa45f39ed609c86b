/** Addresses as managers record them, as places that can be asked what they hold now. */
import { isAbsolute } from 'node:path'
import type { ArtifactOrigin, UpstreamSource } from '../../upstream/index.ts'

/** A source, and where in it something lies; a path of null: nobody recorded it. */
export type UpstreamPlace = Pick<ArtifactOrigin, 'source' | 'path'>

type Wanted = {
  /** Tag, branch or commit to follow; null the default branch. Absent: what the address names. */
  ref?: string | null
  path?: string | null
}

const forges: Readonly<Record<string, string>> = {
  gitlab: 'https://gitlab.com',
  bitbucket: 'https://bitbucket.org',
}

/**
 * The place behind `owner/repo[/path][#ref]`, `gitlab:…`, a URL or an scp-like address. Credentials and queries are left
 * out. `source_unsupported` for everything that is no repository, or whose names could not be passed to git.
 */
export function gitPlace(address: string, wanted: Wanted = {}): UpstreamPlace {
  const found = parseShort(address.trim()) ?? parseUrl(address.trim())
  if (!found) return unsupported
  const path = cleanPath(wanted.path === undefined ? found.path : wanted.path)
  const ref = cleanRef(wanted.ref === undefined ? found.ref : wanted.ref)
  if (path === undefined || ref === undefined) return unsupported
  return { source: { ...found.repo, ref }, path }
}

/** A folder of this machine; only absolute paths mean the same everywhere. */
export const localPlace = (path: string, inside: string | null = ''): UpstreamPlace =>
  isAbsolute(path) ? { source: { kind: 'path', path }, path: inside } : unsupported

export const unsupported: UpstreamPlace = { source: 'source_unsupported', path: null }

type Repo =
  | Omit<Extract<UpstreamSource, { kind: 'github' }>, 'ref'>
  | Omit<Extract<UpstreamSource, { kind: 'git' }>, 'ref'>
type Found = { repo: Repo; path: string | null; ref: string | null }

function parseShort(text: string): Found | null {
  const match =
    /^(?:(github|gitlab|bitbucket):)?([\w.-]+)\/([\w.-]+?)(?:\.git)?((?:\/[^#@:]+)?)(?:[#@]([^#]+))?$/.exec(
      text,
    )
  const [, forge = 'github', owner = '', name = '', path = '', ref] = match ?? []
  if (!match || /^[.-]/.test(owner) || name === '.' || name === '..') return null
  const repo: Repo =
    forge === 'github'
      ? { kind: 'github', owner, repo: name }
      : { kind: 'git', url: `${forges[forge]}/${owner}/${name}.git` }
  return { repo, path: path === '' ? null : path, ref: ref ?? null }
}

function parseUrl(text: string): Found | null {
  const scp = /^([\w.-]+)@([\w.-]+):(?!\/\/)(.+)$/.exec(text)
  const url = URL.parse(scp ? `ssh://${scp[1]}@${scp[2]}/${scp[3]}` : text.replace(/^git\+/, ''))
  if (!url || !/^(?:https?|ssh|git|file):$/.test(url.protocol)) return null
  let whole: string
  try {
    whole = decodeURIComponent(url.pathname).replace(/\/+$/, '')
  } catch {
    return null
  }
  const tree = /^(.+?)(?:\/-)?\/(?:tree|blob)\/([^/]+)(?:\/(.*))?$/.exec(
    url.protocol === 'file:' ? '' : whole,
  )
  const at = /^(.+?)@([^/@]+)$/.exec(tree ? '' : whole)
  const place = tree?.[1] ?? at?.[1] ?? whole
  const ref = tree?.[2] ?? at?.[2] ?? (url.hash.slice(1) || null)
  const repo = repoAt(url, place)
  return repo && { repo, path: tree?.[3] ?? null, ref }
}

function repoAt(url: URL, place: string): Repo | null {
  const host = url.hostname.toLowerCase()
  if (host === 'github.com' || host === 'www.github.com') {
    const [, owner, name] = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?$/.exec(place) ?? []
    return owner && name ? { kind: 'github', owner, repo: name } : null
  }
  // The user of an SSH address is part of it; a password never is
  const user = url.protocol === 'ssh:' && url.username !== '' ? `${url.username}@` : ''
  return place === '' ? null : { kind: 'git', url: `${url.protocol}//${user}${url.host}${encodeURI(place)}` }
}

/** Undefined when it must not be used. */
function cleanPath(path: string | null): string | null | undefined {
  if (path === null) return null
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts.join('/')
}

function cleanRef(ref: string | null): string | null | undefined {
  if (ref === null || ref === '' || ref === 'latest' || ref === 'HEAD') return null
  const short = ref.replace(/^refs\/(?:heads|tags)\//, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  return /^-|\.\.|[\u0000-\u0020\u007f~^:?*[\\]/.test(short) ? undefined : short
}
