/** What is in effect in a project, put in order for the views of it. */
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'

export type EffectiveItem = ResultOf<'projects.effective'>['items'][number]

export type EffectiveGroup = {
  type: ArtifactType
  items: EffectiveItem[]
  /** How many of them are used. */
  inEffect: number
  /** Estimated tokens of those. */
  tokens: number
}

/** By type, in the order in which they come: by name, the winner before those it hides. */
export function groupByType(items: readonly EffectiveItem[]): EffectiveGroup[] {
  return [...Map.groupBy(items, ({ type }) => type)].map(([type, all]) => {
    const used = all.filter(({ hiddenBy }) => hiddenBy === null)
    return {
      type,
      items: all,
      inEffect: used.length,
      tokens: used.reduce((sum, item) => sum + item.tokens, 0),
    }
  })
}

/** Those that have each of some words in their name or description. */
export function matching(items: readonly EffectiveItem[], text: string): readonly EffectiveItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return items
  return items.filter(({ name, description }) => {
    const all = `${name}\n${description ?? ''}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

/** A hook's name says when it runs: `PreToolUse:Bash#2` is the second one for `Bash` of `PreToolUse`. */
export function partsOfHook(name: string): { event: string; matcher: string | null } {
  const base = name.replace(/#\d+$/, '')
  const at = base.indexOf(':')
  return at < 0 ? { event: base, matcher: null } : { event: base.slice(0, at), matcher: base.slice(at + 1) }
}
