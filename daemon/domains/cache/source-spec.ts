/** Where an artifact comes from, as people write it and as the cache keeps it (formats spec section 11). */

/** A folder of a repository on GitHub at some version. */
export type GithubSource = {
  kind: 'github'
  owner: string
  repo: string
  /** Inside the repository, `/`-separated; empty for its root. */
  path: string
  /** Tag, branch, commit, or `latest`. */
  version: string
}

export type SourceSpec = GithubSource | { kind: 'local'; path: string }

/** Either the source, or why the text is none; the reason completes "… is no source: ". */
export type ParsedSource = { ok: true; source: SourceSpec } | { ok: false; reason: string }

const latest = 'latest'
const failed = (reason: string): ParsedSource => ({ ok: false, reason })

/**
 * Reads `owner/repo[/path][@version]`, a github.com address, or a local path: one that begins with `.`, `/`, `~`, `\` or
 * a drive letter. `existsLocally` is asked about everything else that could be either.
 */
export function parseSourceSpec(
  text: string,
  existsLocally: (path: string) => boolean = () => false,
): ParsedSource {
  const spec = text.trim()
  if (spec === '') return failed('it is empty')
  if (/^[a-z][a-z0-9+]+:\/\//i.test(spec)) return parseUrl(spec)
  if (/^(?:[./~\\]|[A-Za-z]:[\\/])/.test(spec) || existsLocally(spec)) {
    return { ok: true, source: { kind: 'local', path: spec } }
  }
  return parseShort(spec.replace(/^(?:www\.)?github\.com\//i, ''))
}

/** The spec after `owner/repo`; the last `@` divides path and version. */
function parseShort(spec: string): ParsedSource {
  const at = spec.lastIndexOf('@')
  const version = at < 0 ? '' : spec.slice(at + 1).trim()
  const [owner = '', repo, ...path] = (at < 0 ? spec : spec.slice(0, at)).split('/')
  if (repo === undefined) return failed('it needs at least owner/repo')
  return checked({ kind: 'github', owner, repo, path: path.join('/'), version })
}

function parseUrl(spec: string): ParsedSource {
  const url = URL.parse(spec)
  if (!url) return failed('the address is not valid')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return failed(`${url.protocol} is not supported`)
  const host = url.hostname.toLowerCase().replace(/^www\./, '')
  if (host !== 'github.com') return failed(`${host} is not supported, only github.com`)
  const parts = decoded(url.pathname)?.split('/').filter(Boolean)
  if (!parts) return failed('the address is not valid')
  const [owner = '', rest, marker, ref = '', ...path] = parts
  if (rest === undefined) return failed('it needs at least owner/repo')
  if (marker !== undefined && marker !== 'tree' && marker !== 'blob') {
    return failed(`"/${marker}" is neither /tree/<ref> nor /blob/<ref>`)
  }
  const [, repo = '', suffix = ''] = /^([^@]*)(?:@(.*))?$/.exec(rest) ?? []
  return checked({
    kind: 'github',
    owner,
    repo: repo.replace(/\.git$/, ''),
    path: path.join('/'),
    version: ref || suffix,
  })
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/** Names reach the file system and git, so they are held to what is harmless there. */
function checked(source: GithubSource): ParsedSource {
  const parts = source.path.split('/').filter((part) => part !== '' && part !== '.')
  const version = source.version || latest
  if (!isName(source.owner)) return failed(`"${source.owner}" is no owner`)
  if (!isName(source.repo)) return failed(`"${source.repo}" is no repository`)
  if (parts.includes('..')) return failed('the path must not hold ".."')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  if (/[\u0000-\u001f\u007f\\]/.test(source.path + version))
    return failed('it holds a backslash or a control character')
  if (version.startsWith('-')) return failed('the version must not begin with "-"')
  return { ok: true, source: { ...source, path: parts.join('/'), version } }
}

const isName = (text: string): boolean => /^[A-Za-z0-9._-]+$/.test(text) && text !== '.' && text !== '..'

/** The form the cache keeps: `github:owner/repo/path@version`. */
export function formatSource({ owner, repo, path, version }: Omit<GithubSource, 'kind'>): string {
  return `github:${owner}/${repo}${path === '' ? '' : `/${path}`}@${version}`
}
