/** Decks to draw artifacts from, no name twice within one unit. */
import type { LooseHook } from './placing.ts'
import type { Random } from './random.ts'
import type { HookTable, Origin, Stock, StockServer, StockSkill, StockText } from './stock.ts'

export type Deck<T> = { draw: () => T; drawMany: (count: number) => T[] }

export type Decks = {
  skills: Deck<StockSkill>
  commands: Deck<StockText>
  agents: Deck<StockText>
  rules: Deck<StockText>
  servers: Deck<StockServer>
  hooks: Deck<LooseHook>
}

/** Which collection a unit mostly comes from. */
export type Flavour = 'templates' | 'wshobson' | 'official'

/** Fresh decks for one unit: whole plugins or categories of its flavour first, then everything else. */
export function makeDecks(stock: Stock, random: Random, flavour: Flavour, taken: ReadonlySet<string>): Decks {
  const ranked = <T extends { name: string; origin: Origin }>(list: readonly T[]): T[] => {
    const rank = new Map<string, number>()
    const rankOf = (origin: Origin): number => {
      const key = `${origin.part}/${origin.repoPath.split('/').slice(0, -2).join('/')}`
      const known = rank.get(key)
      if (known !== undefined) return known
      const drawn = random.next() + (origin.part === flavour ? 0 : 1)
      rank.set(key, drawn)
      return drawn
    }
    return list
      .filter(({ name }) => !taken.has(name))
      .map((item) => ({ item, at: rankOf(item.origin) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  }
  return {
    skills: named(ranked(stock.skills)),
    commands: named(ranked(stock.commands)),
    agents: named(ranked(stock.agents)),
    rules: named(random.shuffle(stock.rules)),
    servers: named(random.shuffle(stock.servers)),
    hooks: endless(random.shuffle(stock.hooks.flatMap(looseHooks))),
  }
}

/** The handlers of a table, one by one. */
export const looseHooks = (table: HookTable): LooseHook[] =>
  Object.entries(table).flatMap(([event, groups]) =>
    groups.flatMap(({ matcher, hooks }) => hooks.map((handler) => ({ event, matcher, handler }))),
  )

/** Draws in order, each name once (letter case ignored); a second round gets names ending in `-2`, and so on. */
function named<T extends { name: string }>(list: readonly T[]): Deck<T> {
  const drawn = new Set<string>()
  let at = 0
  const draw = (): T => {
    if (list.length === 0) throw new Error('The corpus has nothing of this kind')
    for (;;) {
      const item = list[at % list.length] as T
      const round = Math.floor(at++ / list.length) + 1
      const name = round === 1 ? item.name : `${item.name}-${round}`
      if (drawn.has(name.toLowerCase())) continue
      drawn.add(name.toLowerCase())
      return round === 1 ? item : { ...item, name }
    }
  }
  return withMany(draw)
}

function endless<T>(list: readonly T[]): Deck<T> {
  let at = 0
  return withMany(() => list[at++ % list.length] as T)
}

const withMany = <T>(draw: () => T): Deck<T> => ({
  draw,
  drawMany: (count) => Array.from({ length: Math.max(0, count) }, draw),
})
