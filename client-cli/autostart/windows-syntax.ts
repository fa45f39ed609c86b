import { SmdError } from '../../protocol/errors.ts'

/** A command line that programs take apart into these words again (`CommandLineToArgvW`). */
export const commandLine = (words: readonly string[]): string => words.map(quoted).join(' ')

/** Backslashes count only before a quotation mark, where each needs another. */
function quoted(text: string): string {
  if (/^[^\s"]+$/.test(text)) return text
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}

/**
 * A line of a file for `node --env-file`, which knows no escapes: the value stands between marks that are not in it.
 * Between double ones, `\n` would be a line end, as in `C:\new`. Errors: `service.unsupported`.
 */
export function envFileLine(name: string, value: string): string {
  const mark = ["'", '`'].find((sign) => !value.includes(sign))
  if (mark !== undefined) return `${name}=${mark}${value}${mark}`
  const reason = `Node takes no value with both kinds of quotation marks: ${name}=${value}`
  throw new SmdError('service.unsupported', { reason })
}
