/** What people write to say where an artifact is (formats spec section 11). */
import { isAbsolute } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { expandHome } from '../../../../kernel/config/machine-folders.ts'
import { gitPlace, marketplacePlace } from '../../../cache/scan/index.ts'
import type { UpstreamSource } from '../../../upstream/index.ts'
import type { WorkTools } from '../tools.ts'

export type ArtifactSource =
  | { kind: 'disk'; path: string }
  | {
      kind: 'repository'
      source: Extract<UpstreamSource, { kind: 'github' | 'git' }>
      /** Inside the repository, `/`-separated; '' is all of it. */
      path: string
      /** What was asked for: `latest`, a tag, a branch or a commit. */
      version: string
    }
  | {
      kind: 'plugin'
      source: Extract<UpstreamSource, { kind: 'marketplace' }>
      plugin: string
      /** Inside the plugin; '' is all of it. */
      path: string
    }

/**
 * Reads `owner/repo[/path][@version]`, an address of a repository with or without `/tree/<ref>/<path>`, an absolute local
 * path (or one that begins with `~`), and `plugin@marketplace[/path]`. Errors: `collection.bad_source`.
 */
export function readSource(text: string, { folders }: Pick<WorkTools, 'folders'>): ArtifactSource {
  const spec = text.trim()
  const refuse = (reason: string) => new SmdError('collection.bad_source', { spec, reason })
  if (spec === '') throw refuse('it is empty')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (/[\u0000-\u001f\u007f]/.test(spec)) throw refuse('it holds a control character')
  if (/^[.~/\\]|^[A-Za-z]:[\\/]/.test(spec)) {
    const path = expandHome(spec, folders.home)
    if (!isAbsolute(path)) throw refuse('a local path must be absolute here')
    return { kind: 'disk', path }
  }
  const plugin = /^([^/@:\s]+)@([^/@:\s]+)(?:\/(.*))?$/.exec(spec)
  if (plugin) {
    const [, name = '', marketplace = '', path = ''] = plugin
    const source = marketplacePlace(folders, marketplace)
    if (source?.kind !== 'marketplace') throw refuse(`no marketplace "${marketplace}" is known`)
    return { kind: 'plugin', source, plugin: name, path: cleanPath(path, refuse) }
  }
  return isAddress(spec) ? readAddress(spec, refuse) : readShort(spec, refuse)
}

type Refuse = (reason: string) => SmdError

const isAddress = (spec: string): boolean =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(spec) || /^[\w.-]+@[\w.-]+:/.test(spec)

/** `owner/repo[/path][@version]`; the last `@` divides. */
function readShort(spec: string, refuse: Refuse): ArtifactSource {
  const short = spec.replace(/^(?:www\.)?github\.com\//i, '')
  const at = short.lastIndexOf('@')
  const version = checkVersion(at < 0 ? '' : short.slice(at + 1), refuse)
  const [owner = '', repo, ...path] = (at < 0 ? short : short.slice(0, at)).split('/')
  if (!repo) throw refuse('it needs at least owner/repo')
  for (const name of [owner, repo]) {
    if (!/^[A-Za-z0-9._-]+$/.test(name) || name === '.' || name === '..')
      throw refuse(`"${name}" is no name there`)
  }
  const ref = version === 'latest' ? null : version
  const source = { kind: 'github' as const, owner, repo: repo.replace(/\.git$/, ''), ref }
  return { kind: 'repository', source, path: cleanPath(path.join('/'), refuse), version }
}

/** The path inside comes after `/tree/<ref>/`, the version there or behind `@` or `#`. */
function readAddress(spec: string, refuse: Refuse): ArtifactSource {
  const { source, path } = gitPlace(spec)
  if (typeof source === 'string' || (source.kind !== 'github' && source.kind !== 'git')) {
    throw refuse('it is no address of a repository')
  }
  const version = checkVersion(source.ref ?? '', refuse)
  return { kind: 'repository', source, path: cleanPath(path ?? '', refuse), version }
}

function cleanPath(path: string, refuse: Refuse): string {
  if (path.includes('\\')) throw refuse('it holds a backslash')
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw refuse('the path must not hold ".."')
  return parts.join('/')
}

/** It reaches git. */
function checkVersion(text: string, refuse: Refuse): string {
  const version = text.trim()
  if (version === '') return 'latest'
  if (version.startsWith('-')) throw refuse('the version must not begin with "-"')
  if (/[\s~^:?*[\\]|\.\./.test(version)) throw refuse(`"${version}" is no version`)
  return version
}

/** For people, and for what a failure is about. */
export function nameOfSource(source: ArtifactSource): string {
  if (source.kind === 'disk') return source.path
  if (source.kind === 'plugin') return `${source.plugin}@${source.source.name}`
  const { source: place, path } = source
  const repository = place.kind === 'github' ? `${place.owner}/${place.repo}` : place.url
  return path === '' ? repository : `${repository}/${path}`
}
