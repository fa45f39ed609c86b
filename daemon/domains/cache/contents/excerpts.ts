import type { ResultOf } from '../../../../protocol/methods.ts'
import type { DaemonContext } from '../../../context.ts'
import { fold, type QueryTerm, tokensOf } from '../search-words.ts'

type Item = ResultOf<'contents.search'>['items'][number]

/** Files of one artifact that are read for their lines, and lines of one file. */
const MAX_FILES = 3
const MAX_LINES = 3
/** Longer lines are cut around the first word. */
const MAX_LENGTH = 200

/** The items with the lines in which the words stand, as the files are now; a file that cannot be read has none. */
export function excerptsOf(
  { engine }: DaemonContext,
  items: readonly Item[],
  terms: readonly QueryTerm[],
): Promise<Item[]> {
  const linesOf = async (root: string, path: string): Promise<Item['files'][number]> => {
    const file = await engine.readFile({ root, path, part: null }).catch(() => null)
    return { path, lines: file?.text ? linesWith(file.text, terms) : [] }
  }
  return Promise.all(
    items.map(async ({ files, ...item }) => {
      const read = files.slice(0, MAX_FILES).map(({ path }) => linesOf(item.artifact.path, path))
      return { ...item, files: [...(await Promise.all(read)), ...files.slice(MAX_FILES)] }
    }),
  )
}

/** The first lines that have one of the words, those with several of them first among equals of the search. */
function linesWith(text: string, terms: readonly QueryTerm[]): Array<{ line: number; text: string }> {
  const found: Array<{ line: number; text: string; words: number }> = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const tokens = tokensOf(line).map(fold)
    const held = terms.filter((term, at) => holds(tokens, term, at === terms.length - 1))
    if (held.length > 0) found.push({ line: i + 1, text: cut(line, held), words: held.length })
  }
  const best = found.toSorted((a, b) => b.words - a.words || a.line - b.line).slice(0, MAX_LINES)
  return best.toSorted((a, b) => a.line - b.line).map(({ line, text }) => ({ line, text }))
}

function holds(tokens: readonly string[], { folded, phrase }: QueryTerm, isLast: boolean): boolean {
  if (phrase) return ` ${tokens.join(' ')} `.includes(` ${folded} `)
  return tokens.some((token) => token === folded || (isLast && token.startsWith(folded)))
}

function cut(line: string, [first]: readonly QueryTerm[]): string {
  const text = line.trim()
  if (text.length <= MAX_LENGTH) return text
  const at = Math.max(0, fold(text).indexOf(first?.folded ?? ''))
  const start = Math.max(0, Math.min(at - MAX_LENGTH / 2, text.length - MAX_LENGTH))
  const end = start + MAX_LENGTH
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`.toWellFormed()
}
