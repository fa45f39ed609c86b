/** How an artifact stands to its source, where nothing is recorded too. */
import type { ArtifactState, StateReason } from '../../../protocol/artifact-states.ts'
import type { ArtifactScope } from '../../../protocol/vocabulary.ts'

export type Standing = { state: ArtifactState; reason: StateReason | null }

/** Of an artifact with the row `recorded` in artifact_origins, or without. */
export function standingOf(
  scope: ArtifactScope,
  recorded: { state: ArtifactState | null; reason: StateReason | null } | undefined,
): Standing {
  if (recorded?.state != null) return { state: recorded.state, reason: recorded.reason }
  // What a plugin brings along has no origin of its own.
  return scope === 'plugin'
    ? { state: 'unknown', reason: 'part_of_plugin' }
    : { state: 'untracked', reason: 'no_source' }
}

/** The state of `standingOf` as SQL, of artifacts `a` and artifact_origins `o`. */
export const STATE_SQL = "coalesce(o.state, iif(a.scope = 'plugin', 'unknown', 'untracked'))"
