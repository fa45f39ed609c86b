import { useState } from 'preact/hooks'
import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import { lazily } from '../../lib/lazily.tsx'
import { stateWords } from '../../lib/words.ts'
import { StateBadge } from '../badge/badge.tsx'
import styles from './outdated-badge.module.css'

const UpdateAvailableDialog = lazily(
  async () => (await import('../update-available-dialog/update-available-dialog.tsx')).UpdateAvailableDialog,
)

type Props = {
  artifact: { id: string; name: string; state: ArtifactState }
  /**
   * For a row that Enter opens: opens the dialog outside of the row, which may go away while it is read. The badge is no
   * focus stop of its own then.
   */
  onOpen?(): void
}

/** How an artifact stands to its source; where that has something newer, a button that tells what (CACHE-5.3a). */
export function OutdatedBadge({ artifact, onOpen }: Props) {
  const [isOpen, setOpen] = useState(false)
  const { id, name, state } = artifact
  if (state !== 'outdated' && state !== 'diverged') return <StateBadge state={state} />
  const { name: word, meaning, tone } = stateWords[state]
  return (
    <>
      <button
        type="button"
        class={styles.badge}
        data-tone={tone}
        title={meaning}
        tabIndex={onOpen ? -1 : 0}
        aria-haspopup="dialog"
        aria-label={`${word}: ${name}`}
        onClick={onOpen ?? (() => setOpen(true))}
      >
        {word}
      </button>
      {isOpen && <UpdateAvailableDialog id={id} name={name} onClose={() => setOpen(false)} />}
    </>
  )
}
