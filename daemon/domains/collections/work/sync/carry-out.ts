/** What is common to pulls and pushes: from plans to places that change, and from what became of them to an answer. */
import { SmdError } from '../../../../../protocol/errors.ts'
import type { ObjectStore } from '../objects/index.ts'
import { contentOf, type OperationResult, type PlaceChange } from '../operations/index.ts'
import { keepResult } from './keep-result.ts'
import type { PlannedCopy } from './preview.ts'
import type { RecordChange } from './records.ts'

/** One artifact that is carried out. `place`: null when only the record changes. */
export type Carried = { planned: PlannedCopy; place: PlaceChange | null; record: RecordChange }

/** Makes a plan ready to be carried out; null when there is nothing to do, or it cannot be done, which the item then says. */
export async function makeReady(store: ObjectStore, planned: PlannedCopy): Promise<Carried | null> {
  const { copy, plan } = planned
  if (plan.action === 'record') {
    const tree = copy.inProject?.own
    if (!tree || !copy.inProject) return null
    await store.keep(copy.inProject.path)
    return { planned, place: null, record: { record: copy.record, base: tree.h1, isModified: false } }
  }
  if (!plan.result || !plan.target || !plan.incoming?.own) return null
  try {
    const tree = await keepResult(store, plan)
    const { path, tree: before } = plan.target
    return {
      planned,
      place: { path, want: contentOf(tree), expected: before?.h1 ?? null },
      record: {
        record: copy.record,
        base: plan.incoming.own.h1,
        isModified: plan.action === 'merge' && tree.h1 !== plan.incoming.own.h1,
      },
    }
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    failed(planned, error.message)
    return null
  }
}

export function failed({ item }: PlannedCopy, reason: string): void {
  item.action = 'failed'
  item.reason = reason
}

/** Says of each what became of the folder it is in. */
export function settle(carried: readonly Carried[], outcome: OperationResult['projects'][number]): boolean {
  const { outcome: what, problem } = outcome
  if (what === 'done') return true
  const where = problem ? `${problem.path}: ${problem.reason}.` : 'It could not be changed.'
  for (const { planned } of carried) failed(planned, where)
  return false
}
