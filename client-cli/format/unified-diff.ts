/** A comparison as a patch: what `diff -u` and git print, and `patch -p1` and `git apply` take. */
import type { ResultOf } from '../../protocol/methods.ts'
import type { Style } from '../io.ts'

export type FileDiff = ResultOf<'artifacts.diff'>['files'][number]
export type PatchLine = { text: string; style: Style | null }

/** The lines of one file, without their ends; none for a file that differs in no line. */
export function patchLines({ path, status, hunks }: FileDiff): PatchLine[] {
  const [left, right] = [named(`a/${path}`), named(`b/${path}`)]
  const head = (text: string): PatchLine => ({ text, style: 'bold' })
  if (hunks === null)
    return [head(`diff --git ${left} ${right}`), head(`Binary files ${left} and ${right} differ`)]
  if (hunks.length === 0 && status === 'changed') return []
  const lines = [head(`diff --git ${left} ${right}`)]
  if (status === 'added') lines.push(head('new file mode 100644'))
  if (status === 'removed') lines.push(head('deleted file mode 100644'))
  // Of an empty file the ids say what becomes of it.
  if (hunks.length === 0)
    return [...lines, head(`index ${status === 'added' ? '0000000..e69de29' : 'e69de29..0000000'}`)]
  lines.push(
    head(`--- ${status === 'added' ? '/dev/null' : left}`),
    head(`+++ ${status === 'removed' ? '/dev/null' : right}`),
  )
  for (const hunk of hunks) {
    const at = `@@ -${range(hunk.leftStart, hunk.leftLines)} +${range(hunk.rightStart, hunk.rightLines)} @@`
    lines.push({ text: at, style: 'cyan' })
    for (const text of hunk.lines) lines.push({ text, style: styles[text[0] ?? ''] ?? null })
  }
  return lines
}

const styles: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red', '\\': 'dim' }

const range = (start: number, lines: number): string => (lines === 1 ? String(start) : `${start},${lines}`)

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '"': '\\"', '\\': '\\\\' }

/** As git writes names that hold quotes, backslashes or control characters; with a space, too, which patch needs. */
function named(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is written in another way
  const special = /["\\\u0000-\u001f\u007f]/g
  if (name.search(special) < 0 && !name.includes(' ')) return name
  const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  return `"${name.replace(special, (char) => escapes[char] ?? octal(char))}"`
}
