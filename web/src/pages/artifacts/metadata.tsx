import { Facts } from '../../components/facts/facts.tsx'
import type { ShownArtifact } from './artifact-page.tsx'

/** What stands in the frontmatter of an artifact, or in its part of a file of settings. */
export function Metadata({ artifact }: { artifact: ShownArtifact }) {
  const { title, description, tags, aliases, metadata } = artifact
  const items: (readonly [string, string | null])[] = [
    ['title', title],
    ['description', description],
    ['tags', tags.join(', ') || null],
    ['aliases', aliases.join(', ') || null],
    ...Object.entries(metadata).map(([name, value]) => [name, textOf(value)] as const),
  ]
  return items.every(([, value]) => value === null) ? (
    <p class="muted">It has none.</p>
  ) : (
    <Facts items={items} />
  )
}

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.map(textOf).join(', ')
      : JSON.stringify(value)
