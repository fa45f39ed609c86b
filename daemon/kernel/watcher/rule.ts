/**
 * What matters in a folder, as values that many folders share: a watch of 10,000 folders has a dozen rules.
 *
 * A rule is asked for each name in its folder. Two rules are the same only when they are the same object, so whoever
 * makes them keeps them.
 */

/** What matters in one folder. */
export type WatchRule = {
  /** The rule of an entry with this name; null when the entry does not matter. */
  of(name: string): WatchRule | null
  /** Whether something inside matters, when it is a folder. */
  enters: boolean
  /** Whether links to folders are followed. `unless` names a file, in lower case, that forbids it by lying beside them. */
  links: boolean
  unless?: string
  /** Names that, lying in the folder, mean that its folders are of no interest. They have to matter by themselves. */
  ends?: ReadonlySet<string>
}

/** A place to watch: everything that `rule` names below the absolute `path`, which need not exist. */
export type WatchRoot = {
  path: string
  rule: WatchRule
  /** Shared by all places it is given to; the folders nearest to them come first, the others are left out. */
  limit?: WatchLimit
}

/** How many folders are watched at most, and how many are. */
export type WatchLimit = { most: number; folders: number }

/** An entry that matters itself: a file, or something that should be one. */
export const leaf: WatchRule = { of: () => null, enters: false, links: false }

/** Everything at any depth but folders of the names `skipped`; links to folders are left alone. */
export function everything(skipped: ReadonlySet<string>): WatchRule {
  const rule: WatchRule = {
    of: (name) => (skipped.has(name) ? null : rule),
    enters: true,
    links: false,
  }
  return rule
}

/** The same, following links to folders in the first `levels` levels. `unless`: as of a rule. */
export function followingLinks(below: WatchRule, levels: number, unless?: string): WatchRule {
  let rule = below
  for (let level = 0; level < levels; level++) {
    const next = rule
    rule = {
      of: (name) => (below.of(name) ? next : null),
      enters: true,
      links: true,
      // The outermost folder only holds others
      ...(unless !== undefined && level < levels - 1 && { unless }),
    }
  }
  return rule
}

/** Names that are known beforehand, each with its rule; `hidden` is the rule of every other name that begins with a dot. */
export function named(children: ReadonlyMap<string, WatchRule>, hidden: WatchRule | null = null): WatchRule {
  return {
    of: (name) => children.get(name) ?? (hidden !== null && name.startsWith('.') ? hidden : null),
    enters: true,
    links: true,
  }
}

/** A tree of rules that is put together path by path, e.g. `.claude/settings.json`. */
export class RuleTree {
  readonly #paths = new Map<string, WatchRule>()
  readonly #below = new Map<string, RuleTree>()

  /** A path that is there already keeps the rule that enters. */
  add(path: string, rule: WatchRule): this {
    const slash = path.indexOf('/')
    if (slash < 0) {
      if (!this.#paths.get(path)?.enters) this.#paths.set(path, rule)
      return this
    }
    const head = path.slice(0, slash)
    const tree = this.#below.get(head) ?? new RuleTree()
    this.#below.set(head, tree)
    tree.add(path.slice(slash + 1), rule)
    return this
  }

  /** The rule for all paths added so far. `hidden`: as of `named`, for the outermost folder, added to hidden ones, too. */
  rule(hidden: RuleTree | null = null): WatchRule {
    const children = new Map(this.#paths)
    for (const [name, tree] of this.#below) {
      if (children.get(name)?.enters) continue
      children.set(name, name.startsWith('.') && hidden ? tree.#with(hidden).rule() : tree.rule())
    }
    return named(children, hidden?.rule() ?? null)
  }

  #with(other: RuleTree): RuleTree {
    for (const [path, rule] of other.#paths) this.add(path, rule)
    return this
  }
}
