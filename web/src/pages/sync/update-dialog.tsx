import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useAnyQuery } from '../../lib/use-query.ts'
import { Choose } from './choose.tsx'
import { refOf } from './drift-words.ts'
import { type Rule, rules, useFileChoices } from './file-choices.ts'
import styles from './sync-page.module.css'
import { UpdateItem, type UpdateItemPlan } from './update-item.tsx'

type Strategy = 'merge' | 'upstream' | 'local'

const strategies: Record<Strategy, string> = {
  merge: 'Merge with what was edited here',
  upstream: 'Take the source’s version',
  local: 'Leave what was edited here',
}

type Props = {
  collection: string
  artifacts: ReadonlyArray<{ name: string; type: string }>
  /** All of them were updated. */
  onDone?(): void
  onClose(): void
}

/** How long a plan stands before the sources are asked again because somebody looks at the page again. */
const FRESH_MS = 5 * 60_000

/** Counts what is asked anew, whatever was answered before: each time that it is opened, and once something was updated. */
let askings = 0
const nextAsking = (): number => ++askings

/** Brings artifacts of a collection up to their sources, once somebody has seen what that does to each file. */
export function UpdateDialog({ collection, artifacts, onDone, onClose }: Props) {
  const [strategy, setStrategy] = useState<Strategy>('merge')
  const [conflicts, setConflicts] = useState<Rule>('stop')
  const [choices, choose] = useFileChoices()
  const [push, setPush] = useState(false)
  const request = {
    collection,
    artifacts: artifacts.map(refOf),
    strategy,
    ...(strategy === 'merge' && { conflicts, ...(choices.length > 0 && { choices: [...choices] }) }),
  }
  const [asking, askAgain] = useState(nextAsking)
  // Its key is none that events tell of: a file that somebody saves is no reason to ask all sources again.
  const preview = useAnyQuery<ResultOf<'collections.update'>>({
    key: `update ${asking} ${JSON.stringify(request)}`,
    freshMs: FRESH_MS,
    stored: false,
    load: (signal) => call('collections.update', { ...request, dryRun: true }, signal),
  })
  const items = useKept(preview.data)?.items
  // What is shown may be the plan of what was chosen before.
  const isSeen = preview.data !== undefined && preview.error === null && !preview.loading
  const shown = items?.filter(({ action }) => action !== 'none') ?? []
  const ready = shown.filter(isReady).length
  const { running, error, run } = useDialogAction(async () => {
    const done = await call('collections.update', { ...request, push })
    const left = done.items.filter((item) => !isReady(item) && item.action !== 'none')
    reloadChanged()
    if (done.operations.length === 0)
      throw new Error(left[0]?.reason ?? 'Nothing was changed: its source holds what is here by now.')
    notifyDone(textOf(done, left.length), done.operations)
    if (left.length > 0) return askAgain(nextAsking)
    onDone?.()
    onClose()
  })
  const what = artifacts.length === 1 ? (artifacts[0]?.name ?? '') : plural(artifacts.length, 'artifact')
  return (
    <Dialog title={`Update ${what} of ${collection}`} size="wide" onClose={onClose}>
      <div class={styles.bar}>
        <Choose label="Strategy" value={strategy} names={strategies} onChoose={setStrategy} />
        {strategy === 'merge' && (
          <Choose label="Conflicts" value={conflicts} names={rules} onChoose={setConflicts} />
        )}
        <label class="switch">
          <input
            type="checkbox"
            checked={push}
            onChange={({ currentTarget }) => setPush(currentTarget.checked)}
          />
          Bring it to the projects that have it, too
        </label>
      </div>
      {preview.error && <ErrorNotice error={preview.error} onRetry={preview.reload} />}
      <p role="status">
        {!items && !preview.error && 'Asking the sources what they hold…'}
        {items && summaryOf(items)}
      </p>
      {shown.map((item) => (
        <UpdateItem key={refOf(item)} item={item} isOpen={shown.length <= ALL_OPEN} onChoose={choose} />
      ))}
      {ready > 0 && (
        <p class="muted">
          What is there now is kept in a snapshot first; the{' '}
          <Link href={`/collections/history?name=${encodeURIComponent(collection)}`} onClick={onClose}>
            history
          </Link>{' '}
          has it, and Undo brings it back.
        </p>
      )}
      <DialogFoot
        text={`Update${artifacts.length === 1 ? '' : ` ${plural(ready, 'artifact')}`}`}
        busy="Updating…"
        running={running}
        error={error}
        disabled={!isSeen || ready === 0}
        onAct={run}
        onClose={onClose}
      />
    </Dialog>
  )
}

/** So many are shown in full at once. */
const ALL_OPEN = 3

/** Whether something would be written, or was. */
const isReady = ({ action }: Pick<UpdateItemPlan, 'action'>): boolean =>
  ['copy', 'merge', 'record'].includes(action)

function summaryOf(items: readonly UpdateItemPlan[]): string {
  const ready = items.filter(isReady).length
  const open = items.reduce((sum, { openConflicts }) => sum + openConflicts, 0)
  const failed = items.filter(({ action }) => action === 'failed').length
  const skipped = items.filter(({ action }) => action === 'skip').length
  const parts = [
    ready > 0 && `${plural(ready, 'artifact')} would change.`,
    open > 0 && `${plural(open, 'file')} to decide: what is in conflict stays as it is until then.`,
    skipped > 0 && `${plural(skipped, 'artifact')} left as edited here.`,
    failed > 0 && `${plural(failed, 'artifact')} cannot be updated.`,
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(' ') : 'Everything is as its source has it.'
}

/** Says what was done, and what was not. */
function textOf(
  { items, pushed, warnings, collection }: ResultOf<'collections.update'>,
  left: number,
): string {
  const projects = new Set(pushed.filter(isReady).map(({ project }) => project)).size
  const behind = new Set(
    pushed.filter((item) => !isReady(item) && item.action !== 'none').map(({ project }) => project),
  )
  return [
    `Updated ${plural(items.filter(isReady).length, 'artifact')} of ${collection}.`,
    projects > 0 && `Brought to ${plural(projects, 'project')}.`,
    behind.size > 0 &&
      `Something stayed as it was in ${plural(behind.size, 'project')}: ${[...behind].toSorted().join(', ')}.`,
    ...warnings,
    left > 0 && `${plural(left, 'artifact is', 'artifacts are')} as before.`,
    'What was there before is in a snapshot.',
  ]
    .filter(Boolean)
    .join(' ')
}
