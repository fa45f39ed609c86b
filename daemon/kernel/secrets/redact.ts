/**
 * Keeps secrets out of what smd remembers and writes: commands, prompts and addresses of configuration files pass
 * through here before they become a name, a description or metadata, and so does every line of the log. Rather too much
 * is hidden than too little.
 */

/** What stands in the place of a secret. */
export const hidden = '***'

/** Words that name a secret, as part of a variable, a flag, a header or a query key. */
export const secretWord =
  '(?:token|secret|passw(?:or)?d|passphrase|passwd|pwd|api[-_]?key|apikey|access[-_]?key|private[-_]?key|secret[-_]?key|credential|authorization|auth|cookie|signature|webhook|dsn)'

/** Tokens that give themselves away by their beginning. */
const knownToken =
  /(?<![a-z])(?:sk|pk|rk)[-_](?:[\w-]{12,})|gh[pousr]_\w{8,}|github_pat_\w{8,}|gl(?:pat|dt|rt)-[\w-]{8,}|xox[abeoprs]-[\w-]{8,}|xapp-[\w-]{8,}|(?:AKIA|ASIA)[A-Z0-9]{8,}|AIza[\w-]{20,}|ya29\.[\w-]{8,}|eyJ[\w-]{8,}(?:\.[\w-]*)*|npm_\w{8,}|hf_\w{8,}|pypi-[\w-]{8,}|whsec_\w{8,}|dop_v1_\w{8,}|shp(?:at|ss|ca|pa)_\w{8,}|SG\.[\w-]{8,}(?:\.[\w-]*)*|smd_[\w-]{43}|\d{8,10}:[\w-]{30,}/g

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi

// Names are searched from the word that gives them away, and their lengths have bounds: long texts take linear time.
const address = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'`<>|;)]+/gi
/** The whole value: a scheme and its credentials are two words. */
const header = /(authorization["']?\s*[=:]\s*["']?)(?!\$)[^\s"'][^"'\n]*/gi
const bearer = /\b(bearer\s+)(?!\$|tokens?\b|auth)[^\s"'`]+/gi
const assigned = new RegExp(
  `(${secretWord}[\\w.-]{0,64}["']?\\s*(?:=|:(?!//))\\s*)("[^"]*"|'[^']*'|[^\\s"'&;,|)]+)`,
  'gi',
)
const flagged = new RegExp(
  `(--?[\\w-]{0,64}${secretWord}[\\w-]{0,64}\\s+)("[^"]*"|'[^']*'|[^\\s"'-][^\\s"']*)`,
  'gi',
)
const userFlag = /((?:^|\s)(?:-u|--user|--proxy-user)\s+)("[^"]*"|'[^']*'|\S+)/g
const longWord = /[A-Za-z0-9_+=~.-]{20,}/g

/** A reference to a variable is no secret, its value would be. */
const isReference = (value: string): boolean =>
  /^["']?\$(?:\{[\w.]+(?::-)?\}|\w+|\([^)]*\))["']?$/.test(value)

const hide = (_: string, before: string, value: string): string =>
  isReference(value) ? before + value : before + hidden

/** A command line or free text with everything hidden that looks like a secret, random words too. */
export function redactText(text: string): string {
  return redactNamed(text)
    .replace(uuid, hidden)
    .replace(longWord, (word) => (isRandom(word) ? hidden : word))
}

/** As `redactText`, but only what its place or its beginning gives away as a secret: for paths and ids. */
export function redactNamed(text: string): string {
  return text
    .replace(address, redactUrl)
    .replace(/-----BEGIN[\s\S]*?(?:-----END[^-]*-----|$)/g, hidden)
    .replace(header, `$1${hidden}`)
    .replace(bearer, `$1${hidden}`)
    .replace(assigned, hide)
    .replace(flagged, hide)
    .replace(userFlag, hide)
    .replace(knownToken, hidden)
}

/** An address without user, password, query, fragment, and without path segments that look like keys. */
export function redactUrl(url: string): string {
  const start = url.indexOf('://') + 3
  if (start < 3) return redactText(url)
  let rest = url.slice(start).split(/[?#]/, 1)[0] as string
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  // A password may hold a slash: then what follows the first colon is no port
  const strange = !authority.includes('@') && /:(?!\d*$)(?!\$)/.test(authority)
  const at = strange ? rest.lastIndexOf('@') : authority.lastIndexOf('@')
  if (at >= 0) rest = rest.slice(at + 1)
  else if (strange && !authority.includes('[')) rest = hidden
  const [host = '', ...segments] = rest.split('/')
  return [url.slice(0, start) + host, ...segments.map((part) => (looksSecret(part) ? hidden : part))].join(
    '/',
  )
}

const secretName = new RegExp(`(?<![a-z])${secretWord}s?(?![a-z])`)

/** Whether a key says that its value is a secret: `api_key`, `accessToken`, `X-Auth`; not `author`. */
export function namesSecret(key: string): boolean {
  return secretName.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}

/** A text that stands under `key`, with everything hidden that is, or looks like, a secret. */
export function redactValue(key: string, text: string): string {
  return namesSecret(key) && !isReference(text) ? hidden : redactText(text)
}

/** Whether a single word looks like a key, a token or another random string. */
export function looksSecret(word: string): boolean {
  knownToken.lastIndex = 0
  uuid.lastIndex = 0
  return (
    knownToken.test(word) ||
    resetAndTest(uuid, word) ||
    (word.length >= 16 && isRandom(word)) ||
    new RegExp(`${secretWord}\\s*[=:].`, 'i').test(word)
  )
}

function resetAndTest(pattern: RegExp, word: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(word)
}

/** Letters and digits mixed without the breaks that words have: a key, a hash, base64. */
function isRandom(word: string): boolean {
  return word.split(/[._~-]/).some((part) => {
    if (part.length < 16) return false
    const digits = part.replace(/\D/g, '').length
    const letters = part.replace(/[^a-z]/gi, '').length
    if (digits >= 2 && letters >= 2) return true
    // Without digits: capitals strewn about, unlike camelCase
    const turns = part.match(/[a-z][A-Z]|[A-Z][a-z]/g)?.length ?? 0
    return digits + letters === part.length && part.length >= 20 && turns * 2.5 > part.length
  })
}
