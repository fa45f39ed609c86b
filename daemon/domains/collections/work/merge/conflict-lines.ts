/** A conflict as it stands in a merged file (formats spec section 12). */
import type { MergedTexts, Region } from './merge-text.ts'

export const LOCAL_MARKER = '<<<<<<< LOCAL (current)'
export const MIDDLE_MARKER = '======='
export const REMOTE_MARKER = '>>>>>>> REMOTE (incoming)'

/** Both versions between markers, whose line ends are those of the text around them. */
export function conflictLines(region: Region, lines: MergedTexts): string[] {
  const end = usesCrlf(region, lines) ? '\r\n' : '\n'
  const version = (side: readonly string[], start: number, count: number): string[] =>
    side.slice(start, start + count).map((line) => (line.endsWith('\n') ? line : line + end))
  return [
    LOCAL_MARKER + end,
    ...version(lines.local, region.local, region.localCount),
    MIDDLE_MARKER + end,
    ...version(lines.remote, region.remote, region.remoteCount),
    REMOTE_MARKER + end,
  ]
}

/** Only if the base begins so, and the lines before the conflict on both sides do not tell otherwise, as git has it. */
function usesCrlf({ local, remote }: Region, lines: MergedTexts): boolean {
  return (
    endsInCrlf(lines.base, 0) === true &&
    endsInCrlf(lines.local, Math.max(local - 1, 0)) !== false &&
    endsInCrlf(lines.remote, Math.max(remote - 1, 0)) !== false
  )
}

/** Null: the text has no line end to go by. */
function endsInCrlf(lines: readonly string[], index: number): boolean | null {
  const line = lines[index]
  if (line === undefined) return null
  if (line.endsWith('\n')) return line.endsWith('\r\n')
  const before = lines[index - 1]
  return before === undefined ? null : before.endsWith('\r\n')
}
