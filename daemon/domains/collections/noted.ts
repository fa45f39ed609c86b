import type { ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'

type Ctx = Pick<DaemonContext, 'analytics'>

/** Notes what was deployed, or taken away; only what really changed something. */
export function noteDeployments(
  { analytics }: Ctx,
  { projects }: Pick<ResultOf<'deployments.deploy'>, 'projects'>,
): void {
  for (const { path: project, items, outcome } of projects) {
    const isDone = outcome === 'done'
    const changed = items.filter(({ action }) => ['add', 'change', 'remove'].includes(action))
    analytics.note(
      ...changed.map(({ name, type, collection, action, profile }) => ({
        type: action === 'remove' ? ('remove' as const) : ('deploy' as const),
        name,
        artifactType: type,
        collection,
        project,
        outcome: isDone
          ? ('success' as const)
          : outcome === 'conflict'
            ? ('conflict' as const)
            : ('failure' as const),
        metadata: { profile, ...(action === 'remove' ? { from_project: true } : { success: isDone }) },
      })),
    )
  }
}

/** Notes what a pull or push did. */
export function noteSync(
  { analytics }: Ctx,
  direction: 'pull' | 'push',
  { items }: Pick<ResultOf<'sync.pull'>, 'items'>,
): void {
  const done = items.filter(({ action }) => action !== 'none' && action !== 'skip')
  analytics.note(
    ...done.map(({ name, type, collection, project, action, openConflicts }) => ({
      type: 'sync' as const,
      name,
      artifactType: type,
      collection,
      project,
      outcome:
        action === 'conflict'
          ? ('conflict' as const)
          : action === 'failed'
            ? ('failure' as const)
            : ('success' as const),
      metadata: { sync_type: direction, result: action, conflicts_detected: openConflicts },
    })),
  )
}

/** Notes what an update did. */
export function noteUpdate(
  { analytics }: Ctx,
  strategy: string,
  { items, collection }: Pick<ResultOf<'collections.update'>, 'items' | 'collection'>,
): void {
  const done = items.filter(({ action }) => ['copy', 'merge', 'conflict', 'failed'].includes(action))
  analytics.note(
    ...done.map(({ name, type, action, from, to, openConflicts }) => ({
      type: 'update' as const,
      name,
      artifactType: type,
      collection,
      outcome:
        action === 'conflict'
          ? ('conflict' as const)
          : action === 'failed'
            ? ('failure' as const)
            : ('success' as const),
      metadata: {
        strategy,
        conflicts_detected: openConflicts,
        version_before: from.version ?? from.sha,
        version_after: to?.version ?? to?.sha ?? null,
      },
    })),
  )
}
