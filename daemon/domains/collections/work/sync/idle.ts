import type { DeployedCopy } from './copies.ts'
import type { PlanOptions, SyncAction } from './plan.ts'

type Idle = { action: SyncAction; reason: string | null }
const idle = (action: SyncAction, reason: string | null = null): Idle => ({ action, reason })

/** Why there are no files to be brought over; null when there are. */
export function idleReason(copy: DeployedCopy, { direction, strategy }: PlanOptions): Idle | null {
  const { drift, problem, inProject, inCollection } = copy
  if (problem !== null) return idle('failed', problem)
  if (inProject?.isLink || inCollection?.isLink)
    return idle('none', 'It is a link, which has no files of its own.')
  switch (drift) {
    case 'none':
      return idle('none')
    case 'modified':
      if (direction === 'push') return idle('none', 'Only the project changed it: pull it.')
      break
    case 'outdated':
      if (direction === 'pull') return idle('none', 'Only the collection changed it: push it.')
      break
    case 'missing':
      // Somebody deleted it there, which is a wish, too.
      if (direction === 'pull' || strategy !== 'overwrite' || !inCollection?.own)
        return idle('skip', 'It is gone from the project: deploy it again, or undeploy it.')
      break
    case 'removed':
      return idle('skip', 'It is gone from the collection: add it again, or undeploy it.')
  }
  if (strategy === 'skip' || strategy === 'prompt') return idle('skip', 'It was not asked for.')
  return drift === 'version_mismatch' ? idle('record', 'Both hold the same already.') : null
}
