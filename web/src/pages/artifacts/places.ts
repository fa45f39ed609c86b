/** Where artifacts of one name are, and which of them are the same. */
import type { ResultOf } from '../../../../protocol/methods.ts'

export type Place = ResultOf<'artifacts.where'>['items'][number]

/**
 * A letter for each different content: A for the one that most places have, then B, …; of equally many, the newest
 * first. Null stands for content that could not be read, and has none.
 */
export function lettersOf(places: readonly Place[]): Map<string, string> {
  const groups = [...Map.groupBy(places, ({ hash }) => hash)].flatMap(([hash, all]) =>
    hash === null
      ? []
      : [{ hash, count: all.length, newest: Math.max(...all.map(({ updatedAt }) => updatedAt)) }],
  )
  groups.sort((a, b) => b.count - a.count || b.newest - a.newest)
  return new Map(groups.map(({ hash }, index) => [hash, letterOf(index)]))
}

/** A to Z, then AA, AB, … */
function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last
}
