/** Frontmatter as simply as it can be read: lines of `key: value`, nothing nested. */

export type Head = {
  title: string | null
  description: string | null
  version: string | null
  tags: string[]
  rest: Record<string, string>
}

export function readHead(text: string): Head {
  const head: Head = { title: null, description: null, version: null, tags: [], rest: {} }
  const end = text.startsWith('---') ? text.indexOf('\n---', 3) : -1
  if (end !== -1) {
    for (const line of text.slice(4, end).split('\n')) {
      const colon = line.indexOf(':')
      if (colon < 1 || line.startsWith(' ')) continue
      const value = line.slice(colon + 1).trim()
      put(head, line.slice(0, colon), value.replace(/^(["'])(.*)\1$/, '$2'))
    }
  }
  const heading = /^# (.+)$/m.exec(end === -1 ? text.slice(0, 4_096) : text.slice(end, end + 4_096))
  head.title ??= heading?.[1] ?? null
  return head
}

function put(head: Head, key: string, value: string): void {
  if (key === 'description') head.description = value
  else if (key === 'version') head.version = value
  else if (key === 'tags') head.tags = value.replace(/[[\]]/g, '').split(',')
  else if (key !== 'name' && value !== '') head.rest[key] = value
}

/** As the product stores a list: one text, or null when it is empty. */
export function commaList(items: readonly string[]): string | null {
  const clean = items.map((item) => item.trim()).filter((item) => item !== '')
  return clean.length === 0 ? null : clean.join(',')
}
