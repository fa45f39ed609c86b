/** Which file of an artifact says what it is, and which part of that is text. */
import type { ResultOf } from '../../../../protocol/methods.ts'

type FileItem = ResultOf<'artifacts.files'>['items'][number]

/** Names of main files, the likeliest first. */
const names = [
  /^skill\.md$/i,
  /^readme\.md$/i,
  /^agents?\.md$/i,
  /^[^/]+\.md$/i,
  /^\.claude-plugin\/plugin\.json$/,
]

/** Path of the main file; null when there is no file. */
export function mainFile(items: readonly FileItem[]): string | null {
  const files = items.filter(({ kind }) => kind === 'file').map(({ path }) => path)
  for (const name of names) {
    const found = files.find((path) => name.test(path))
    if (found !== undefined) return found
  }
  // A link is followed when it is all there is.
  return files[0] ?? items.find(({ kind }) => kind === 'link')?.path ?? null
}

/** A text without the block between two lines of `---` at its top. */
export function withoutFrontmatter(text: string): string {
  const block = /^\ufeff?\s*---[ \t]*\r?\n(?:.*?\r?\n)?---[ \t]*(?:\r?\n|$)/s.exec(text)
  return block ? text.slice(block[0].length) : text
}

/** Whether a file is shown as Markdown. */
export const isMarkdown = ({ mediaType, path }: { mediaType: string; path: string }): boolean =>
  mediaType === 'text/markdown' || /\.(md|mdc|markdown)$/i.test(path)
