import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import { stateWords } from '../../lib/words.ts'
import { StateBadge } from './badge.tsx'

/** How an artifact stands to its source, in a list: the many whose source cannot be asked stand back. */
export function QuietState({ state }: { state: ArtifactState }) {
  const { name, meaning } = stateWords[state]
  if (state !== 'untracked' && state !== 'unknown') return <StateBadge state={state} />
  return (
    <span class="muted" title={meaning}>
      {name}
    </span>
  )
}
