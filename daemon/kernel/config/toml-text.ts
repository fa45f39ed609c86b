/** Where tables of a TOML text begin and end as a reader sees it: with the comments that belong to them. */
import { lineEnd, lineStart } from './toml-edit.ts'
import type { Toml, TomlSection } from './toml-places.ts'
import type { TextEdit } from './toml-table-edits.ts'

type Range = { start: number; end: number }

/** Text put in at `at`. What belongs to a deeper table comes first when several go to one place. */
export function inserted(at: number, text: string, depth: number): TextEdit {
  return { start: at, end: at, text, rank: 1_000_000 - depth }
}

/** Behind the last line of the section: its last pair, and comments right below unless a header follows them. */
export function endOfSection(text: string, section: TomlSection): number {
  const end = lineEnd(text, section.entries.at(-1)?.end ?? section.headerEnd)
  const comments = /^(?:\r?\n[ \t]*#[^\n]*?(?=\r?\n|$))+/.exec(text.slice(end, end + 100_000))
  if (!comments) return end
  const after = text.slice(end + comments[0].length)
  return /^\r?\n[ \t]*\[/.test(after) ? end : end + comments[0].length
}

/** Behind the last line of all of them. */
export function endOfSections(text: string, sections: readonly TomlSection[]): number {
  return Math.max(...sections.map((section) => endOfSection(text, section)))
}

/** From the comments right above the first to the last line of the last. */
export function rangeOfSections(toml: Toml, sections: readonly TomlSection[]): Range {
  const start = startWithComments(toml, sections[0] as TomlSection)
  return { start, end: endOfSections(toml.text, sections) }
}

/** What goes when these sections of `toml` go, with the empty lines below. Comments that stand apart between rows stay. */
export function removedRange(toml: Toml, sections: readonly TomlSection[]): TextEdit[] {
  const { text, sections: all } = toml
  const first = all.indexOf(sections[0] as TomlSection)
  const isWhole = sections.every((section, index) => all[first + index] === section)
  const groups = isWhole ? [sections] : sections.map((section) => [section])
  return groups.map((group) => {
    const { start, end } = rangeOfSections(toml, group)
    const isApart = /(?:^|\n)[ \t]*\r?\n$|^$/.test(text.slice(0, start))
    const below = isApart ? /^(?:\r?\n[ \t]*(?=\r?\n|$))*(?:\r?\n)?/ : /^\r?\n/
    const gap = below.exec(text.slice(end))?.[0].length ?? 0
    return { start, end: end + gap, text: '', rank: 0 }
  })
}

/** Comments on lines right above belong to what follows; the last pair before them may end in a line that looks like one. */
function startWithComments({ text, sections }: Toml, section: TomlSection): number {
  const before = sections[sections.indexOf(section) - 1]
  const floor = before ? lineEnd(text, before.entries.at(-1)?.end ?? before.headerEnd) : 0
  let start = lineStart(text, section.start)
  while (start > floor) {
    const above = lineStart(text, start - 1)
    if (above < floor || !/^[ \t]*#/.test(text.slice(above, start))) break
    start = above
  }
  return start
}
