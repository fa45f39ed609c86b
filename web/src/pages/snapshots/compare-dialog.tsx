import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { Badge } from '../../components/badge/badge.tsx'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { formatCount, formatTime, plural } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import type { Tone } from '../../lib/words.ts'
import styles from './history-page.module.css'
import { snapshotName } from './snapshot-words.ts'
import type { Snapshot } from './use-snapshots.ts'

type Props = {
  snapshot: Snapshot
  /** With which it may be compared beside what is there now. */
  others: readonly Snapshot[]
  onClose(): void
}

/** What has changed from a snapshot to another one, or to now. */
export function CompareDialog({ snapshot, others, onClose }: Props) {
  const { collection, id, takenAt } = snapshot
  const [other, setOther] = useState('')
  const { data, error, reload } = useQuery(
    'snapshots.compare',
    { collection, id, ...(other !== '' && { other }) },
    { stored: false, freshMs: 0 },
  )
  return (
    <Dialog title={`Changes since ${formatTime(takenAt)}`} size="wide" onClose={onClose}>
      <label class="switch">
        Until
        <select class="field" value={other} onChange={({ currentTarget }) => setOther(currentTarget.value)}>
          <option value="">now</option>
          {others
            .filter((one) => one.id !== id)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {snapshotName(one)}
              </option>
            ))}
        </select>
      </label>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <p role="status">{data ? summaryOf(data) : error ? '' : 'Comparing…'}</p>
      {data && (
        <ul class={styles.paths} aria-label="Files that differ">
          {data.filesAdded.map((path) => (
            <Changed key={path} path={path} name="Added" tone="ok" />
          ))}
          {data.filesModified.map((path) => (
            <Changed key={path} path={path} name="Changed" tone="attention" />
          ))}
          {data.filesRemoved.map((path) => (
            <Changed key={path} path={path} name="Removed" tone="danger" />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

const Changed = ({ path, name, tone }: { path: string; name: string; tone: Tone }) => (
  <li>
    <Badge tone={tone}>{name}</Badge> <span class="mono">{path}</span>
  </li>
)

function summaryOf(change: ResultOf<'snapshots.compare'>): string {
  const { filesAdded, filesModified, filesRemoved, linesAdded, linesRemoved } = change
  const count = filesAdded.length + filesModified.length + filesRemoved.length
  if (count === 0) return 'Nothing differs.'
  return `${plural(count, 'file differs', 'files differ')}; ${formatCount(linesAdded)} lines more and ${formatCount(linesRemoved)} less.`
}
