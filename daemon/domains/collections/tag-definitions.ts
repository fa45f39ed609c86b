/** What is known of a tag, from the manifests of all collections. */
export type TagDefinition = { slug: string; name: string; color: string | null; description: string }

/**
 * The definitions of several manifests, given in the order of the collections' names, as one list by name: the first that
 * has a tag names it, and what it leaves open comes from the next (formats spec section 13.2: a set colour stays).
 */
export function mergeDefinitions(manifests: Iterable<readonly TagDefinition[]>): TagDefinition[] {
  const merged = new Map<string, TagDefinition>()
  for (const definitions of manifests)
    for (const definition of definitions) {
      const known = merged.get(definition.slug)
      if (!known) merged.set(definition.slug, { ...definition })
      else {
        known.color ??= definition.color
        known.description ||= definition.description
      }
    }
  return [...merged.values()].sort(byName)
}

/** Without letter case first, so that the order is the same everywhere. */
export function byName(a: { name: string }, b: { name: string }): number {
  const [x, y] = [a.name.toLowerCase(), b.name.toLowerCase()]
  if (x !== y) return x < y ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** Lowercase letters, digits and single hyphens; empty when nothing of the name is left. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100)
    .replace(/-+$/, '')
