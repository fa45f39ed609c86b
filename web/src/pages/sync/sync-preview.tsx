import { useState } from 'preact/hooks'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useAction } from '../../lib/use-action.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { Choose } from './choose.tsx'
import type { Direction, SyncItem } from './drift-words.ts'
import { type Rule, rules, useFileChoices } from './file-choices.ts'
import { SyncItemView } from './sync-item.tsx'
import styles from './sync-page.module.css'

type Strategy = 'merge' | 'overwrite' | 'fork'

const strategies: Record<Strategy, string> = {
  merge: 'Merge what both changed',
  overwrite: 'Overwrite where it goes',
  fork: 'Keep both, as two artifacts',
}

type Props = {
  project: string
  /** For the heading. */
  what: string
  /** `type:name`; null for all. */
  artifact: string | null
  direction: Direction
  onTurn(direction: Direction): void
}

/** What pulling or pushing would do, file by file, each to be decided; then does it. */
export function SyncPreview({ project, what, artifact, direction, onTurn }: Props) {
  const [strategy, setStrategy] = useState<Strategy>('merge')
  const [conflicts, setConflicts] = useState<Rule>('stop')
  const [choices, choose] = useFileChoices()
  const options = {
    strategy,
    conflicts,
    ...(artifact !== null && { artifacts: [artifact] }),
    ...(choices.length > 0 && { choices: [...choices] }),
  }
  const preview = useQuery('sync.preview', { project, direction, ...options }, { stored: false, freshMs: 0 })
  const items = useKept(preview.data)?.items
  // What is shown may be the plan of what was chosen before.
  const isSeen = preview.data !== undefined && preview.error === null && !preview.loading
  const { running, run } = useAction(async () => {
    const done =
      direction === 'pull'
        ? await call('sync.pull', { project, ...options })
        : await call('sync.push', { projects: [project], ...options })
    reloadChanged()
    const failed = done.items.filter(({ action }) => action === 'failed')
    if (failed[0]) throw new Error(`${failed[0].name}: ${failed[0].reason ?? 'it was left as it is.'}`)
    notifyDone(`${direction === 'pull' ? 'Pulled' : 'Pushed'} ${what}.`, done.operations)
  })
  const shown = items?.filter(({ action }) => action !== 'none') ?? []
  const open = shown.reduce((sum, { openConflicts }) => sum + openConflicts, 0)
  const ready = shown.filter(isReady).length
  const verb = direction === 'pull' ? 'Pull' : 'Push'
  return (
    <section aria-label="Preview" aria-busy={preview.loading}>
      <h2>{`${verb} ${what}`}</h2>
      <div class={styles.bar}>
        {(['pull', 'push'] as const).map((way) => (
          <button
            key={way}
            type="button"
            class="button"
            aria-pressed={way === direction}
            onClick={() => onTurn(way)}
          >
            {way === 'pull' ? 'Pull: project → collection' : 'Push: collection → project'}
          </button>
        ))}
        <Choose label="Strategy" value={strategy} names={strategies} onChoose={setStrategy} />
        {strategy === 'merge' && (
          <Choose label="Conflicts" value={conflicts} names={rules} onChoose={setConflicts} />
        )}
      </div>
      {preview.error && <ErrorNotice error={preview.error} onRetry={preview.reload} />}
      <p role="status">
        {!items && !preview.error && 'Working out what would change…'}
        {items && summaryOf(ready, open)}
      </p>
      {shown.map((item) => (
        <SyncItemView
          key={`${item.collection} ${item.type} ${item.name} ${item.profile}`}
          item={{ ...item, beside: item.profile }}
          way={direction}
          onChoose={choose}
        />
      ))}
      <div class={styles.foot}>
        <button
          type="button"
          class="button"
          data-primary=""
          disabled={running || !isSeen || ready === 0}
          aria-busy={running}
          onClick={() => run()}
        >
          {running ? 'Working…' : `${verb} ${plural(ready, 'artifact')}`}
        </button>
      </div>
    </section>
  )
}

/** Whether something would be written. */
const isReady = ({ action }: SyncItem): boolean => ['copy', 'merge', 'record', 'fork'].includes(action)

function summaryOf(ready: number, open: number): string {
  if (open > 0)
    return `${plural(open, 'file')} to decide: what is in conflict stays as it is until then. ${plural(ready, 'artifact')} can go.`
  return ready === 0 ? 'Nothing would change this way.' : `${plural(ready, 'artifact')} would change.`
}
