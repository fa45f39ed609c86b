import { SmdError } from '../../../../../protocol/errors.ts'
import { changePlaces, objectsOf, operationTools, type ProjectChange } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { type Carried, makeReady, settle } from './carry-out.ts'
import type { SyncItem } from './describe.ts'
import { type PreviewParams, planProject } from './preview.ts'
import { recordTexts } from './records.ts'

/** `projects`: their real paths. */
export type PushParams = Omit<PreviewParams, 'project' | 'direction'> & {
  projects: readonly string[]
  dryRun: boolean
  /** A project without one of the named artifacts is no mistake; of several projects it never is. */
  mayLack: boolean
  /** Somebody named them: all or nothing. Of others, those that cannot be planned are passed over and told. */
  isChosen: boolean
}

export type SyncDone = {
  operations: string[]
  items: SyncItem[]
  /** What could not be looked at and was passed over; sentences. */
  warnings: string[]
  /** Real paths of projects and collections that changed. */
  touched: string[]
}

/**
 * Brings projects up to what their collections hold, with what was edited in them: each project wholly or not at all, all in
 * one operation. What is in conflict stays as it is. Errors: those of `planProject` for chosen projects, before anything is
 * changed.
 */
export function pushSync(tools: WorkTools, params: PushParams): Promise<SyncDone> {
  const { projects, dryRun, mayLack, isChosen, ...options } = params
  const store = objectsOf(tools)
  return tools.exclusively(async () => {
    const items: SyncItem[] = []
    const warnings: string[] = []
    const changes: Array<{ change: ProjectChange; carried: Carried[] }> = []
    for (const project of projects) {
      const { planned, warnings: passedOver } = await planProject(
        tools,
        { ...options, project, direction: 'push' },
        mayLack || projects.length > 1,
      ).catch((error: unknown) => {
        if (isChosen || !isOfProject(error)) throw error
        return { planned: [], warnings: [error.message] }
      })
      warnings.push(...passedOver)
      items.push(...planned.map(({ item }) => item))
      if (dryRun) continue
      const carried: Carried[] = []
      for (const each of planned) {
        const ready = await makeReady(store, each)
        if (ready) carried.push(ready)
      }
      if (carried.length > 0) changes.push({ change: changeOf(project, carried, tools.now), carried })
    }
    if (changes.length === 0) return { operations: [], items, warnings, touched: [] }
    const { id, projects: outcomes } = await changePlaces(operationTools(tools), {
      kind: 'push',
      title: titleOf(
        'Push',
        changes.flatMap(({ carried }) => carried),
      ),
      projects: changes.map(({ change }) => change),
    })
    const touched = outcomes.filter((outcome, n) => settle(changes[n]?.carried ?? [], outcome))
    return {
      operations: id === null ? [] : [id],
      items,
      warnings,
      touched: touched.map(({ folder }) => folder),
    }
  })
}

/** Whether it is the state of one project, and no mistake in what was asked for. */
const isOfProject = (error: unknown): error is SmdError =>
  error instanceof SmdError && ['sync.bad_records', 'object.unreadable', 'sync.too_wide'].includes(error.slug)

function changeOf(project: string, carried: readonly Carried[], now: number): ProjectChange {
  return {
    folder: project,
    places: carried.flatMap(({ place }) => place ?? []),
    texts: recordTexts(
      carried.map(({ record }) => record),
      now,
    ),
  }
}

/** For the list of what can be taken back. */
export function titleOf(verb: string, carried: readonly Carried[]): string {
  return listed(verb, [...new Set(carried.map(({ planned }) => planned.copy.record.name))])
}

/** The first names, and how many more. */
export function listed(verb: string, names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return `${verb} ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`
}
