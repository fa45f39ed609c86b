import { useState } from 'preact/hooks'
import { Badge } from '../../components/badge/badge.tsx'
import { CheckList } from '../../components/check-list/check-list.tsx'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { notify } from '../../components/notices/notices.tsx'
import { call } from '../../connection.ts'
import { formatTime, plural } from '../../lib/format.ts'
import { reloadChanged } from '../../lib/undo-change.ts'
import { notifyFailure, useDialogAction } from '../../lib/use-action.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './history-page.module.css'
import { conflictWords, fateWords, type RollbackPlan } from './snapshot-words.ts'
import type { Snapshot } from './use-snapshots.ts'

type Props = { snapshot: Snapshot; onClose(): void }

/** Goes back to a snapshot, wholly or in some files, once somebody has seen what that does to each. */
export function RollbackDialog({ snapshot, onClose }: Props) {
  const { collection, id, takenAt } = snapshot
  const [keepChanges, setKeepChanges] = useState(true)
  /** Paths that shall stay as they are; everything else goes back. */
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const asked = { collection, id, keepChanges }
  const analysis = useQuery('snapshots.analyze', asked, { stored: false, freshMs: 0 })
  const plan = useKept(analysis.data)
  const files = plan?.files ?? []
  const chosen = files.filter(({ path }) => !left.has(path))
  const { running, error, run } = useDialogAction(async () => {
    const paths = chosen.length < files.length ? { paths: chosen.map(({ path }) => path) } : {}
    const { safetySnapshotId } = await call('snapshots.rollback', { ...asked, ...paths })
    reloadChanged()
    notifyBack(`${collection} is as it was ${formatTime(takenAt)}.`, collection, safetySnapshotId)
    onClose()
  })
  return (
    <Dialog title={`Go back to ${formatTime(takenAt)}`} size="wide" onClose={onClose}>
      {analysis.error && <ErrorNotice error={analysis.error} onRetry={analysis.reload} />}
      <label class="switch">
        <input
          type="checkbox"
          checked={keepChanges}
          onChange={({ currentTarget }) => setKeepChanges(currentTarget.checked)}
        />
        Keep what was edited since; where both changed, both go together
      </label>
      <p role="status" class={styles.verdict}>
        {!plan && !analysis.error && 'Looking what would change…'}
        {plan && <Verdict plan={plan} />}
      </p>
      {plan?.warnings.map((warning) => (
        <p key={warning} class="muted">
          {warning}
        </p>
      ))}
      {files.length > 0 && (
        <CheckList
          legend="Files that go back"
          items={files.map(({ path, action, conflict, binary }) => ({
            id: path,
            name: path,
            beside: (
              <>
                <Badge tone={fateWords[action].tone}>{fateWords[action].name}</Badge>{' '}
                {conflict && conflictWords[conflict]}
                {binary && ' (no text)'}
              </>
            ),
          }))}
          chosen={new Set(chosen.map(({ path }) => path))}
          onChoose={(next) =>
            setLeft(new Set(files.map(({ path }) => path).filter((path) => !next.has(path))))
          }
        />
      )}
      <DialogFoot
        text={`Go back${chosen.length < files.length ? ` in ${plural(chosen.length, 'file')}` : ''}`}
        busy="Going back…"
        running={running}
        error={error}
        disabled={analysis.loading || !isWorthIt(plan, chosen.length)}
        onAct={run}
        onClose={onClose}
      />
    </Dialog>
  )
}

/** Entries of the manifest go back with everything, not with files alone. */
const isWorthIt = (plan: RollbackPlan | undefined, chosen: number): boolean =>
  plan !== undefined && (chosen > 0 || (plan.files.length === 0 && plan.entries.length > 0))

function Verdict({ plan: { isSafe, files, entries } }: { plan: RollbackPlan }) {
  const conflicts = files.filter(({ conflict }) => conflict !== null).length
  if (files.length === 0 && entries.length === 0) return <>Everything is as it was then.</>
  const what = plural(files.length, 'file differs', 'files differ')
  return isSafe ? (
    <>
      <Badge tone="ok">Safe</Badge> {what}; nothing that was edited is lost.
    </>
  ) : (
    <>
      <Badge tone="danger">{plural(conflicts, 'conflict')}</Badge> {what}.
    </>
  )
}

/** Going back is undone by going to the snapshot that was taken before. */
function notifyBack(text: string, collection: string, safety: string | null): void {
  const act = async (): Promise<void> => {
    try {
      await call('snapshots.rollback', { collection, id: safety ?? '' })
      notify({ tone: 'ok', text: `${collection} is as it was before.` })
    } catch (error) {
      notifyFailure(error)
    } finally {
      reloadChanged()
    }
  }
  notify({ tone: 'ok', text, ...(safety !== null && { action: { text: 'Undo', act: () => void act() } }) })
}
