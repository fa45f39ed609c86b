import { FrontmatterTable } from '../../components/frontmatter-table/frontmatter-table.tsx'
import type { ShownArtifact } from './artifact-page.tsx'

/** What stands in the frontmatter of an artifact, or in its part of a file of settings. */
export function Metadata({ artifact }: { artifact: ShownArtifact }) {
  const { title, description, tags, aliases, metadata } = artifact
  return (
    <FrontmatterTable
      metadata={{
        ...(title !== null && { title }),
        ...(description !== null && { description }),
        ...(tags.length > 0 && { tags }),
        ...(aliases.length > 0 && { aliases }),
        ...metadata,
      }}
    />
  )
}
