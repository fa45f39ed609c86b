/** Something the palette offers. */
export type Choice = {
  /** What it is, e.g. `Project`. */
  kind: string
  name: string
  /** Tells equal names apart. */
  detail: string
  act(): void
}

/**
 * Choices whose name, kind or detail has all words of `text`, whatever their order and case; names that begin with it
 * first, then names that have it, then the others. All of them for an empty text.
 */
export function matching(text: string, choices: readonly Choice[]): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const first = words[0]
  if (first === undefined) return [...choices]
  const rank = ({ name, kind, detail }: Choice): number => {
    const lower = name.toLowerCase()
    const all = `${lower} ${kind.toLowerCase()} ${detail.toLowerCase()}`
    if (!words.every((word) => all.includes(word))) return 3
    if (lower.startsWith(first)) return 0
    return words.every((word) => lower.includes(word)) ? 1 : 2
  }
  return choices
    .map((choice) => ({ choice, rank: rank(choice) }))
    .filter((ranked) => ranked.rank < 3)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice)
}
