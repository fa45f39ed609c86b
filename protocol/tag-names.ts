/** How people name a tag, the same wherever they do. */
import { SmdError } from './errors.ts'

type Named = {
  name: string
  slug: string
  /** False: only artifacts have it. It is meant where no other is. */
  defined?: boolean
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Whether a text names the tag: its name, in any letter case, or its slug. */
export const isNamed = ({ name, slug }: Named, text: string): boolean => slug === text || sameName(name, text)

/**
 * The tag that a text names by slug or name; undefined when there is none. Files may hold several that one text fits: then it
 * means the one it fits in both ways. Errors: `tag.ambiguous`.
 */
export function findTag<Tag extends Named>(tags: readonly Tag[], text: string): Tag | undefined {
  const fitting = tags.filter((tag) => isNamed(tag, text))
  const known = fitting.some(({ defined }) => defined !== false)
    ? fitting.filter(({ defined }) => defined !== false)
    : fitting
  const [first, second] = known
  if (!second) return first
  const both = known.find(({ name, slug }) => slug === text && sameName(name, text))
  if (both) return both
  const candidates = known.map(({ name, slug }) => `${name} (${slug})`)
  throw new SmdError('tag.ambiguous', { tag: text, candidates })
}

/** The tag that the word of an artifact stands for. Artifacts have names; older files hold slugs, too. */
export const tagOfWord = <Tag extends Named>(tags: readonly Tag[], word: string): Tag | undefined =>
  tags.find(({ name }) => sameName(name, word)) ?? tags.find(({ slug }) => slug === word)
