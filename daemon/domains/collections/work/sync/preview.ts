import { SmdError } from '../../../../../protocol/errors.ts'
import type { ParsedParamsOf } from '../../../../../protocol/methods.ts'
import { objectsOf } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { choicesOf, chosenCopies } from './choose.ts'
import { type DeployedCopy, readCopies } from './copies.ts'
import { describeItem, roomForLines, type SyncItem } from './describe.ts'
import { type PlanOptions, planSync, type SyncPlan, without } from './plan.ts'

/** `project`: its real path. */
export type PreviewParams = Omit<ParsedParamsOf<'sync.preview'>, 'project'> & { project: string }

export type PlannedCopy = { copy: DeployedCopy; plan: SyncPlan; item: SyncItem }
export type PlannedSync = {
  planned: PlannedCopy[]
  /** What could not be looked at and was passed over; sentences. */
  warnings: string[]
}

/** What a pull or push would do. Errors: those of `planProject`. */
export async function previewSync(
  tools: WorkTools,
  params: PreviewParams,
): Promise<{ items: SyncItem[]; warnings: string[] }> {
  const { planned, warnings } = await planProject(tools, params)
  return { items: planned.map(({ item }) => item), warnings }
}

/**
 * Plans everything that was asked for in one project; what cannot be planned is told and hinders nothing else. `mayLack`:
 * see `chosenCopies`.
 * Errors: `sync.bad_records`, `sync.collection_unknown`, `sync.not_deployed`, `sync.ambiguous`, `sync.no_fork`;
 * `object.unreadable`, also when what was named was not found and may be where nobody can look.
 */
export async function planProject(
  tools: WorkTools,
  params: PreviewParams,
  mayLack = false,
): Promise<PlannedSync> {
  const { project, collection, artifacts, direction, strategy, conflicts } = params
  if (direction === 'push' && strategy === 'fork') throw new SmdError('sync.no_fork', {})
  const { copies, unreadable } = await readCopies(tools, objectsOf(tools), project, collection)
  const room = roomForLines()
  const planned: PlannedCopy[] = []
  for (const copy of chosenCopies({ copies, unreadable }, project, artifacts, mayLack)) {
    const options: PlanOptions = {
      direction,
      strategy,
      conflicts,
      choices: choicesOf(copy.record.name, copy.record.type, params.choices),
    }
    planned.push(await planOne(copy, options, room))
  }
  return { planned, warnings: unreadable.map(({ message }) => message) }
}

async function planOne(
  copy: DeployedCopy,
  options: PlanOptions,
  room: ReturnType<typeof roomForLines>,
): Promise<PlannedCopy> {
  try {
    const plan = await planSync(copy, options)
    return { copy, plan, item: await describeItem(copy, plan, room) }
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    const plan = without('failed', error.message)
    return { copy, plan, item: await describeItem(copy, plan, room) }
  }
}
