import { isAbsolute } from 'node:path'
import { redactNamed } from '../../../kernel/secrets/redact.ts'
import { UpstreamError } from '../source.ts'

/** The address of a repository, and what git may use to reach it and where it is sent from there. */
export type GitAddress = {
  url: string
  /** False for a repository on this machine. */
  isRemote: boolean
  protocols: readonly string[]
  /** For people: without anything secret. */
  name: string
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const control = /[\u0000-\u001f\u007f]/

/**
 * Reads the address of a repository: https, http, ssh and git URLs, `user@host:path`, file URLs and absolute paths.
 * Errors: `unsupported` for anything else, as transports that run programs (`ext::…`), and what would be an option.
 */
export function parseGitAddress(url: string): GitAddress {
  const name = redactNamed(url.slice(0, 500))
  const refuse = (): UpstreamError =>
    new UpstreamError('unsupported', `${JSON.stringify(name)} is no address of a repository.`)
  if (url === '' || url.startsWith('-') || control.test(url)) throw refuse()
  if (isAbsolute(url)) return { url, isRemote: false, protocols: ['file'], name }
  const parsed = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?([^/]*)/i.exec(url)
  if (parsed) {
    const scheme = (parsed[1] as string).toLowerCase()
    const host = parsed[2] as string
    if (scheme === 'file') return { url, isRemote: false, protocols: ['file'], name }
    if (!['https', 'http', 'ssh', 'git'].includes(scheme) || !/^[\w[]/.test(host)) throw refuse()
    // Configurations of users turn https into ssh and the other way round.
    return { url, isRemote: true, protocols: ['https', 'ssh', scheme], name }
  }
  // user@host:path, where a second colon at once would name a helper program.
  if (/^(?:[\w.-]+@)?\w[\w.-]*:(?!:)[^\s]+$/.test(url) && !/^[A-Za-z]:[\\/]/.test(url))
    return { url, isRemote: true, protocols: ['ssh'], name }
  throw refuse()
}

/** Whether a branch, tag or commit may be handed to git (git-check-ref-format(1), without `@{`, `^` and the like). */
export function isSafeRef(ref: string): boolean {
  return (
    /^[\p{L}\p{N}_][\p{L}\p{N}_./+@=,#%!&-]*$/u.test(ref) &&
    !/\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/.test(ref) &&
    ref.length <= 250
  )
}
