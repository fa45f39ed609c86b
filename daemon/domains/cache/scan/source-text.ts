/** Source strings of the cache: `github:owner/repo/path@version` and its relatives (formats spec section 11). */
import { redactUrl } from '../../../kernel/secrets/redact.ts'

type SourceParts = {
  /** `owner/repo`, a URL, or an scp-like address. */
  repo: string
  /** Folder inside the repository. */
  path?: string | null | undefined
  /** Tag, branch or commit. */
  version?: string | null | undefined
}

const hostPrefixes: Readonly<Record<string, string>> = {
  'github.com': 'github',
  'www.github.com': 'github',
  'gitlab.com': 'gitlab',
  'bitbucket.org': 'bitbucket',
}

/**
 * Source string of a git repository; null when the address cannot be read. Never holds credentials or a query.
 * A `/tree/<ref>/<path>` in the URL fills what `path` and `version` leave open.
 */
export function gitSource(address: string, parts: Omit<SourceParts, 'repo'> = {}): string | null {
  const text = address.trim().replace(/^git\+/, '')
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+?)(?:\.git)?(?:[#@]([\w./+-]+))?$/.exec(
    text,
  )
  if (short && !text.startsWith('.')) {
    return join(short[1] ?? 'github', short[2] as string, parts.path, parts.version ?? short[3])
  }
  const scp = /^(?:[\w.-]+@)([\w.-]+):(?!\/\/)(.+)$/.exec(text)
  const url = redactUrl(scp ? `ssh://${scp[1]}/${scp[2]}` : text)
  const match = /^(?:https?|ssh|git):\/\/([^/]+)\/(.+)$/.exec(url)
  if (!match) return null
  const host = (match[1] as string).toLowerCase().replace(/:\d+$/, '')
  const fragment = text.includes('#') ? text.slice(text.indexOf('#') + 1) : undefined
  const tree = /^(.+?)(?:\/-)?\/(?:tree|blob)\/([^/]+)(?:\/(.*))?$/.exec(match[2] as string)
  let repo = (tree?.[1] ?? (match[2] as string)).replace(/\/+$/, '')
  let ref = tree?.[2] ?? fragment
  const at = /^(.+?)(?:\.git)?@([\w./+-]+)$/.exec(repo)
  if (at) {
    repo = at[1] as string
    ref = at[2]
  }
  repo = repo.replace(/\.git$/, '')
  const prefix = hostPrefixes[host]
  return join(
    prefix ?? 'git',
    prefix ? repo : `${host}/${repo}`,
    parts.path ?? tree?.[3],
    parts.version ?? ref,
  )
}

function join(
  prefix: string,
  repo: string,
  path: string | null | undefined,
  version: string | null | undefined,
) {
  const folder = (path ?? '')
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
  return `${prefix}:${repo}${folder ? `/${folder}` : ''}${version ? `@${version}` : ''}`
}

/** Folder of a skill from the path of its SKILL.md; the path itself when it names a folder. */
export const folderOfSkillPath = (path: string): string =>
  path.replaceAll('\\', '/').replace(/(?:^|\/)SKILL\.md$/i, '')

/** A version to show for a commit: its first seven characters, as elsewhere (formats spec section 11). */
export const shortCommit = (commit: string): string =>
  /^[0-9a-f]{8,}$/i.test(commit) ? commit.slice(0, 7) : commit
