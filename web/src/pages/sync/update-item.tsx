import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { Badge } from '../../components/badge/badge.tsx'
import { Versions } from '../artifacts/versions.tsx'
import { actionWords, type Take } from './drift-words.ts'
import { SyncItemView } from './sync-item.tsx'
import styles from './sync-page.module.css'

export type UpdateItemPlan = ResultOf<'collections.update'>['items'][number]

type Props = {
  item: UpdateItemPlan
  /** Shown in full from the beginning; what has to be decided is in any case. */
  isOpen: boolean
  onChoose(ref: string, path: string, take: Take | null): void
}

/** What an update does to one artifact: from which version to which, and file by file once it is opened. */
export function UpdateItem({ item, isOpen, onChoose }: Props) {
  const [open, setOpen] = useState(isOpen || item.openConflicts > 0)
  const { name, type, action, from, to } = item
  const word = actionWords[action]
  return (
    <details class={styles.update} open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <strong>{name}</strong> <span class="muted">{type}</span>{' '}
        <Versions deployed={versionText(from)} upstream={to && versionText(to)} />{' '}
        <Badge tone={word.tone}>{word.name}</Badge>
      </summary>
      {open && (
        <SyncItemView item={{ ...item, beside: type }} way="update" isTitled={false} onChoose={onChoose} />
      )}
    </details>
  )
}

const versionText = ({ version, sha }: UpdateItemPlan['from']): string | null => version ?? sha
