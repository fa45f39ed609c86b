/** Scopes as the page shows them; apart from the other words, since the first view has none. */
import type { ArtifactScope } from '../../../protocol/vocabulary.ts'

export const scopeNames: Record<ArtifactScope, string> = {
  user: 'User',
  project: 'Project',
  local: 'Local',
  plugin: 'Plugin',
  managed: 'Managed',
  collection: 'Collection',
}
