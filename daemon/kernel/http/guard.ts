/**
 * Who may ask at all, decided before anything else looks at a request (daemon spec S4 and S5). A port on this machine is
 * reachable from every page in the user's browser: by its address, and by any name an attacker lets point to it.
 */
import { SmdError } from '../../../protocol/errors.ts'
import type { RequestHead } from './request-head.ts'

/** What a request is for: the files of the page are no secret, everything else is. */
export type Purpose = 'page' | 'interface'

const ownNames = ['localhost', '127.0.0.1', '[::1]']

/** The values of `Host` under which a port is served. A browser leaves out the port when it is 80. */
export function ownHosts(port: number): ReadonlySet<string> {
  return new Set(ownNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

/**
 * Any other name was made to point here by somebody, which is how a page gets around the rule that it may only read
 * answers of its own site. Errors: `http.host`.
 */
export function checkHost({ host, target }: RequestHead, hosts: ReadonlySet<string>): void {
  // With a whole address as target, that would count and not the header.
  if (!target.startsWith('/')) throw new SmdError('http.host', { host: shown(target) })
  if (host === null || !hosts.has(host)) throw new SmdError('http.host', { host: shown(host ?? '') })
}

/**
 * Refuses what another site has a browser ask. The files of the page may be linked to; everything else is for the page
 * itself, and for programs, which send neither header and a token instead. Errors: `http.origin`.
 */
export function checkOrigin(head: RequestHead, purpose: Purpose): void {
  const { host, origin, fetchSite, method, proof } = head
  const isForeign = origin !== null && origin !== `http://${host}`
  const isSafe = method === 'GET' || method === 'HEAD'
  const isOwn =
    fetchSite === null || fetchSite === 'same-origin' || (fetchSite === 'none' && isSafe && !isForeign)
  if (!isForeign && isOwn) {
    const isSaid = origin !== null || fetchSite !== null
    if (isSaid || isSafe || proof.bearer !== null) return
  } else if (purpose === 'page' && isSafe && head.isNavigation && origin === null) return
  throw new SmdError('http.origin')
}

/** A WebSocket is opened by a GET and can be used for anything. Errors: `http.origin`. */
export function checkUpgrade(head: RequestHead): void {
  checkOrigin({ ...head, method: 'POST' }, 'interface')
}

const shown = (host: string): string => (host === '' ? '(none)' : host.slice(0, 100))
