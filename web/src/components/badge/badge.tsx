import type { ComponentChildren } from 'preact'
import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import { stateWords, type Tone } from '../../lib/words.ts'
import styles from './badge.module.css'

/** A word on a quiet colour. `title` says more to who points at it, and to assistive technology. */
export function Badge({
  tone = 'neutral',
  title,
  children,
}: {
  tone?: Tone
  title?: string
  children: ComponentChildren
}) {
  return (
    <span class={styles.badge} data-tone={tone} title={title}>
      {children}
    </span>
  )
}

/** How an artifact stands to its source. */
export function StateBadge({ state }: { state: ArtifactState }) {
  const { name, tone, meaning } = stateWords[state]
  return (
    <Badge tone={tone} title={meaning}>
      {name}
    </Badge>
  )
}
