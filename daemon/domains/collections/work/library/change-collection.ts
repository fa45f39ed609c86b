/** Changes files of one collection together with its manifest and lock: all of it or nothing, and to be taken back. */
import { SmdError } from '../../../../../protocol/errors.ts'
import {
  changePlaces,
  type OperationKind,
  operationTools,
  type PlaceChange,
  type TextChange,
} from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'

export type CollectionChange = {
  kind: OperationKind
  title: string
  /** Real path of the collection's folder. */
  folder: string
  places: readonly PlaceChange[]
  texts: readonly TextChange[]
  /** The operation that this one takes back. */
  undoes?: string
}

/** How often it is planned anew when somebody changes the same files meanwhile. */
const TRIES = 5

/**
 * Does what `plan` says, again with a new plan when files have changed since it was made; answers the id of the operation,
 * null when there was nothing to do. To be called inside of `exclusively`. Errors: `collection.changing`,
 * `collection.not_written`, those of `plan`.
 */
export async function changeCollection(
  tools: WorkTools,
  plan: () => Promise<CollectionChange>,
): Promise<string | null> {
  let path = ''
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { kind, title, undoes, ...project } = await plan()
    const { id, projects } = await changePlaces(operationTools(tools), {
      kind,
      title,
      projects: [project],
      ...(undoes !== undefined && { undoes }),
    })
    const { outcome, problem } = projects[0] ?? { outcome: 'done', problem: null }
    if (outcome === 'done') return id
    path = problem?.path ?? project.folder
    if (outcome !== 'conflict')
      throw new SmdError('collection.not_written', { path, reason: problem?.reason ?? 'unknown' })
  }
  throw new SmdError('collection.changing', { path })
}
