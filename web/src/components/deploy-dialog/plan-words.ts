/** Words of plans as the page shows them. */
import type { PlanAction } from '../../../../protocol/deploy-plan.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { plural } from '../../lib/format.ts'
import type { Tone } from '../../lib/words.ts'

export type Plan = ResultOf<'deployments.plan'>
export type PlannedProject = Plan['projects'][number]
export type DeployedProject = ResultOf<'deployments.deploy'>['projects'][number]

type Word = { name: string; tone: Tone }

export const actionWords: Record<PlanAction, Word> = {
  add: { name: 'Add', tone: 'ok' },
  change: { name: 'Change', tone: 'attention' },
  remove: { name: 'Remove', tone: 'danger' },
  same: { name: 'Same', tone: 'neutral' },
  skip: { name: 'Skip', tone: 'neutral' },
  conflict: { name: 'Conflict', tone: 'danger' },
}

export const outcomeWords: Record<DeployedProject['outcome'], Word> = {
  done: { name: 'Done', tone: 'ok' },
  conflict: { name: 'Left as it was', tone: 'danger' },
  failed: { name: 'Failed', tone: 'danger' },
  pending: { name: 'Not finished', tone: 'attention' },
}

/** How often each action is in a plan. */
export function countActions(projects: readonly Pick<PlannedProject, 'items'>[]): Record<PlanAction, number> {
  const counts = { add: 0, change: 0, remove: 0, same: 0, skip: 0, conflict: 0 }
  for (const { items } of projects) for (const { action } of items) counts[action]++
  return counts
}

/** `3 to add, 1 conflict`. */
export function actionSummary(projects: readonly Pick<PlannedProject, 'items'>[]): string {
  const { add, change, remove, same, skip, conflict } = countActions(projects)
  const parts = [
    add > 0 && `${add} to add`,
    change > 0 && `${change} to change`,
    remove > 0 && `${remove} to remove`,
    conflict > 0 && plural(conflict, 'conflict'),
    same > 0 && `${same} there already`,
    skip > 0 && `${skip} without a place`,
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'nothing to do'
}

/** Whether something would be written in a project: one with a conflict is left as it is. */
export function changesSomething({ problem, items }: PlannedProject): boolean {
  const { add, change, remove, conflict } = countActions([{ items }])
  return problem === null && conflict === 0 && add + change + remove > 0
}
