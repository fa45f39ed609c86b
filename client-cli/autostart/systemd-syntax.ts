/** How texts are written in unit files (systemd.unit(5), systemd.service(5) "Command lines", systemd.syntax(7)). */

/** `%` begins a specifier everywhere. */
export const specifierText = (text: string): string => text.replaceAll('%', '%%')

/** One word of a list of words. */
export function word(text: string): string {
  const escaped = specifierText(text).replace(/["\\]/g, (sign) => `\\${sign}`)
  return /^[\w/.,:=@%+-]+$/.test(escaped) ? escaped : `"${escaped}"`
}

/** What systemd refuses in the path of a program, or would read in another way there than in its arguments. */
const awkwardProgram = /["'\\$]/

/** A whole command line: no variable of systemd is put in, and a path of any characters arrives as it is. */
export function execLine([program = '', ...args]: readonly string[]): string {
  const literal = (text: string): string => word(text.replaceAll('$', '$$$$'))
  if (!awkwardProgram.test(program)) return [word(program), ...args.map(literal)].join(' ')
  // As an argument of a shell, which replaces itself, a program may have any name.
  return ['/bin/sh', '-c', literal('exec "$0" "$@"'), ...[program, ...args].map(literal)].join(' ')
}
