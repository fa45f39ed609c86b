/** Where a link of a text leads. */
export type LinkTarget =
  /** Out of the page. */
  | { kind: 'web'; href: string }
  /** Another file of the same artifact, relative to its root, with `/`. */
  | { kind: 'file'; path: string }
  /** A heading of the same text, by its slug. */
  | { kind: 'section'; slug: string }
  /** Nowhere that a page may lead to; the address is shown instead. */
  | { kind: 'none' }

const webSchemes = ['http:', 'https:', 'mailto:']

/**
 * What a link may do. Only http, https and mailto leave the page; whatever else has a scheme, and paths out of the
 * artifact, lead nowhere.
 *
 * @param path the file the text is of, relative to the root of its artifact, with `/`
 */
export function linkTarget(href: string, path: string): LinkTarget {
  const address = href.trim()
  if (address.startsWith('#')) return { kind: 'section', slug: unescaped(address.slice(1)).toLowerCase() }
  if (/^[a-z][a-z\d+.-]*:/i.test(address)) return webTarget(address)
  // No text says `//host/path` of a file, and browsers read `\` as `/`.
  if (address === '' || /^[/\\]|[\\\p{Cc}]/u.test(address)) return { kind: 'none' }
  const [file = ''] = unescaped(address).split(/[?#]/)
  const parts = path.split('/').slice(0, -1)
  for (const part of file.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return { kind: 'none' }
  }
  return parts.length === 0 ? { kind: 'none' } : { kind: 'file', path: parts.join('/') }
}

function webTarget(address: string): LinkTarget {
  if (!URL.canParse(address)) return { kind: 'none' }
  const { protocol, href } = new URL(address)
  return webSchemes.includes(protocol) ? { kind: 'web', href } : { kind: 'none' }
}

/** As GitHub makes the names of headings. */
export const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A `%` that begins no escape is a `%`.
    return text
  }
}
