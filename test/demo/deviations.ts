/** Changes to copies: edits by hand, renames, and the deviations counted in ecosystem spec 1.2. */
import type { Deviation } from './ledger.ts'

const frontmatter = /^---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*(\r?\n|$)/

/** The text with one deviation; null when it cannot have it (no frontmatter to break or remove). */
export function deviate(bytes: Buffer, deviation: Deviation): Buffer | null {
  const text = bytes.toString('utf8')
  switch (deviation) {
    case 'bom':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
    case 'crlf':
      return Buffer.from(text.replace(/\r?\n/g, '\r\n'))
    case 'latin1':
      // Characters beyond Latin-1 would lose their high byte, and some of them become NUL.
      return Buffer.from(`${text.replace(/[^\0-\u00ff]/g, '?')}\nDéjà vu: naïve résumé\n`, 'latin1')
    case 'invalid-yaml':
      return frontmatter.test(text)
        ? Buffer.from(text.replace(/^---[ \t]*\r?\n/, '---\ntags: [open, list\n'))
        : null
    case 'no-frontmatter':
      return frontmatter.test(text) ? Buffer.from(text.replace(frontmatter, '')) : null
  }
}

/** The text after someone worked on it. */
export const editByHand = (bytes: Buffer, where: string): Buffer =>
  Buffer.concat([
    bytes,
    Buffer.from(`\n## Notes for ${where}\n\nRun the checks of this repository before you answer.\n`),
  ])

/** The text with another `name` in its frontmatter; unchanged when it has none. */
export function rename(bytes: Buffer, name: string): Buffer {
  const text = bytes.toString('utf8')
  const block = frontmatter.exec(text)?.[0]
  if (!block || !/^name:/m.test(block)) return bytes
  return Buffer.from(block.replace(/^name:.*$/m, `name: ${name}`) + text.slice(block.length))
}

/** `name` of the frontmatter, read by line; null when there is none. */
export function frontmatterName(bytes: Buffer): string | null {
  const block = frontmatter.exec(bytes.toString('utf8'))?.[0]
  const value = block && /^name:[ \t]*(.*?)[ \t]*\r?$/m.exec(block)?.[1]
  return value ? value.replace(/^(["'])(.*)\1$/, '$2') : null
}
