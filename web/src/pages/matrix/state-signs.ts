import type { ArtifactState } from '../../../../protocol/artifact-states.ts'

/** What stands for a state where there is no room for its name; each differs by more than its colour. */
export const stateSigns: Record<ArtifactState, string> = {
  current: '✓',
  outdated: '↑',
  modified: '±',
  diverged: '!',
  untracked: '•',
  unknown: '?',
}
