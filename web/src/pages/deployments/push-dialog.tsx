import { Badge } from '../../components/badge/badge.tsx'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { actionWords, refOf, type SyncItem } from '../sync/drift-words.ts'
import type { Batch } from './deployment-filter.ts'
import { usePreviews } from './use-previews.tsx'

type Props = { batches: readonly Batch[]; onDone(): void; onClose(): void }
type Row = { item: SyncItem; project: NonNullable<Batch['project']> }

/** Brings the chosen deployments up to what their collections hold; conflicts are left to the view of their project. */
export function PushDialog({ batches, onDone, onClose }: Props) {
  const requests = batches.flatMap(({ project, collection, artifacts }) =>
    project ? [{ project, options: { collection, artifacts: artifacts.map(refOf) } }] : [],
  )
  const { answers, isWhole, hasFailed, failure } = usePreviews(
    'sync.preview',
    requests.map(({ project, options }) => ({ project: project.id, direction: 'push' as const, ...options })),
  )
  const rows = answers.flatMap((answer, at) => {
    const project = requests[at]?.project
    return project ? (answer?.items ?? []).map((item) => ({ item, project })) : []
  })
  const ready = rows.filter(({ item }) => isReady(item)).length
  const { running, error, run } = useDialogAction(async () => {
    const operations: string[] = []
    try {
      for (const { project, options } of requests) {
        const done = await call('sync.push', { projects: [project.id], ...options })
        operations.push(...done.operations)
      }
      onDone()
      onClose()
    } finally {
      if (operations.length > 0) notifyDone(`Pushed ${plural(ready, 'artifact')}.`, operations)
      reloadChanged()
    }
  })
  return (
    <Dialog title="Push from the collections" size="wide" onClose={onClose}>
      {failure}
      <p role="status">
        {isWhole
          ? ready === 0
            ? 'Nothing would change.'
            : `${plural(ready, 'artifact')} would change.`
          : hasFailed
            ? ''
            : 'Working out what would change…'}
      </p>
      {rows.length > 0 && (
        <SimpleTable
          label="What would be pushed"
          columns={columnsOf(onClose)}
          rows={rows}
          keyOf={({ item, project }) => `${project.id} ${item.collection} ${refOf(item)} ${item.profile}`}
          isMuted={({ item }) => item.action === 'none'}
        />
      )}
      <DialogFoot
        text="Push"
        running={running}
        error={error}
        disabled={!isWhole || ready === 0}
        onAct={run}
        onClose={onClose}
      />
    </Dialog>
  )
}

const isReady = ({ action }: SyncItem): boolean => ['copy', 'merge', 'record'].includes(action)

const columnsOf = (onClose: () => void): SimpleColumn<Row>[] => [
  { title: 'Artifact', render: ({ item }) => item.name },
  { title: 'Project', render: ({ project }) => <span title={project.path}>{project.name}</span> },
  {
    title: 'What happens',
    render: ({ item, project }) => (
      <>
        <Badge tone={actionWords[item.action].tone}>{actionWords[item.action].name}</Badge> {item.reason}
        {item.action === 'conflict' && (
          <Link href={`/projects/${project.id}/sync?way=push`} onClick={onClose}>
            Decide
          </Link>
        )}
      </>
    ),
  },
  {
    title: 'Files',
    isExtra: true,
    render: ({ item }) => (
      <span class="path">
        {item.files
          .filter(({ change }) => change !== 'none')
          .map(({ path }) => path || item.name)
          .join(', ')}
      </span>
    ),
  },
]
