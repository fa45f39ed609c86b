/** Applies the hunks of a comparison as `patch` would, but believes nothing: every number and every line has to fit. */
import type { ResultOf } from '../../protocol/methods.ts'

export type Hunks = NonNullable<ResultOf<'artifacts.diff'>['files'][number]['hunks']>

/** The right text out of the left one. Throws where a hunk does not fit. */
export function applyHunks(left: string, hunks: Hunks): string {
  const old = linesOf(left)
  const now: string[] = []
  let at = 0
  for (const [number, hunk] of hunks.entries()) {
    const fail = (what: string): never => {
      throw new Error(`hunk ${number} ${what}: ${JSON.stringify(hunk)}`)
    }
    const start = hunk.leftLines === 0 ? hunk.leftStart : hunk.leftStart - 1
    if (start < at) fail('overlaps the one before')
    now.push(...old.slice(at, start))
    const rightStart = hunk.rightLines === 0 ? hunk.rightStart : hunk.rightStart - 1
    if (now.length !== rightStart) fail(`begins at line ${now.length} on the right`)
    at = start
    const [leftEnd, rightEnd] = [start + hunk.leftLines, rightStart + hunk.rightLines]
    for (const [index, line] of hunk.lines.entries()) {
      if (line.startsWith('\\')) continue
      const text = line.slice(1) + (hunk.lines[index + 1]?.startsWith('\\') ? '' : '\n')
      if (line[0] !== '+' && old[at++] !== text) fail(`does not have ${JSON.stringify(text)} on the left`)
      if (line[0] !== '-') now.push(text)
    }
    if (at !== leftEnd || now.length !== rightEnd) fail('counts its lines wrong')
  }
  return [...now, ...old.slice(at)].join('')
}

/** Lines added and removed, as `git diff --numstat` counts them. */
export function countLines(hunks: Hunks): { added: number; removed: number } {
  const lines = hunks.flatMap((hunk) => hunk.lines)
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
}

const linesOf = (text: string): string[] => text.split(/(?<=\n)/).filter((line) => line !== '')
