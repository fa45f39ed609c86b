/** What the first lines of a request say, taken apart once. */
import type { IncomingMessage } from 'node:http'
import type { Proof } from './identity.ts'

/** Headers that decide who may ask; each of them is only good when it came once. */
export type RequestHead = {
  method: string
  /** As it came; anything but a path is refused. */
  target: string
  /** Lower case; null when there is none, or more than one. */
  host: string | null
  /** Null when there is none; several are one text, which is nobody's origin. */
  origin: string | null
  /** `Sec-Fetch-Site`, which no script can set. */
  fetchSite: string | null
  /** Whether the browser is about to show the answer in a tab of its own. */
  isNavigation: boolean
  proof: Proof
}

export function readHead(request: Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'>): RequestHead {
  const { headersDistinct: headers, method = '', url = '' } = request
  const all = (name: string): string | null => headers[name]?.join(', ') ?? null
  const [host, ...others] = headers.host ?? []
  return {
    method,
    target: url,
    host: host === undefined || others.length > 0 ? null : host.toLowerCase(),
    origin: all('origin'),
    fetchSite: all('sec-fetch-site'),
    isNavigation: all('sec-fetch-mode') === 'navigate' && all('sec-fetch-dest') === 'document',
    proof: {
      cookie: (name) => cookieIn(headers.cookie ?? [], name),
      bearer: bearerIn(headers.authorization ?? []),
    },
  }
}

/** Two cookies of a name come from two places, and nothing tells which is ours. */
function cookieIn(headers: readonly string[], name: string): string | null {
  const found = headers
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return found.length === 1 ? (found[0]?.slice(name.length + 1) ?? null) : null
}

/** The empty text for what is no bearer token: whoever sends an `Authorization` is judged by it, not by a cookie. */
function bearerIn(headers: readonly string[]): string | null {
  const [header, ...others] = headers
  if (header === undefined) return null
  return others.length === 0 ? (/^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1] ?? '') : ''
}
