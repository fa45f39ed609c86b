import { changePlaces, objectsOf, operationTools, type ProjectChange } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { type Carried, makeReady, settle } from './carry-out.ts'
import type { SyncItem } from './describe.ts'
import { type RecordChange, recordsAfter } from './edit-records.ts'
import { type PreviewParams, planProject } from './preview.ts'
import type { RecordFile } from './records.ts'

/** `projects`: their real paths. */
export type PushParams = Omit<PreviewParams, 'project' | 'direction'> & {
  projects: readonly string[]
  dryRun: boolean
}

export type SyncDone = {
  operations: string[]
  items: SyncItem[]
  /** Real paths of projects and collections that changed. */
  touched: string[]
}

/**
 * Brings projects up to what their collections hold, with what was edited in them: each project wholly or not at all, all in
 * one operation. What is in conflict stays as it is. Errors: those of `planProject`, before anything is changed.
 */
export function pushSync(tools: WorkTools, params: PushParams): Promise<SyncDone> {
  const { projects, dryRun, ...options } = params
  const store = objectsOf(tools)
  return tools.exclusively(async () => {
    const items: SyncItem[] = []
    const changes: Array<{ change: ProjectChange; carried: Carried[] }> = []
    for (const project of projects) {
      const planned = await planProject(
        tools,
        { ...options, project, direction: 'push' },
        projects.length > 1,
      )
      items.push(...planned.map(({ item }) => item))
      if (dryRun) continue
      const carried: Carried[] = []
      for (const each of planned) {
        const ready = await makeReady(store, each)
        if (ready) carried.push(ready)
      }
      if (carried.length > 0) changes.push({ change: changeOf(project, carried, tools.now), carried })
    }
    if (changes.length === 0) return { operations: [], items, touched: [] }
    const { id, projects: outcomes } = await changePlaces(operationTools(tools), {
      kind: 'push',
      title: titleOf(changes.flatMap(({ carried }) => carried)),
      projects: changes.map(({ change }) => change),
    })
    const touched = outcomes.filter((outcome, n) => settle(changes[n]?.carried ?? [], outcome))
    return { operations: id === null ? [] : [id], items, touched: touched.map(({ folder }) => folder) }
  })
}

function changeOf(project: string, carried: readonly Carried[], now: number): ProjectChange {
  return {
    folder: project,
    places: carried.flatMap(({ place }) => place ?? []),
    texts: recordTexts(carried, now),
  }
}

/** The record files of what is carried out. */
export function recordTexts(carried: readonly Carried[], now: number): ProjectChange['texts'] {
  const byFile = new Map<RecordFile, RecordChange[]>()
  for (const { planned, record } of carried) {
    const { file } = planned.copy
    byFile.set(file, [...(byFile.get(file) ?? []), record])
  }
  return [...byFile].map(([file, records]) => ({
    path: file.path,
    text: recordsAfter(file, records, now),
    expected: file.text,
  }))
}

/** For the list of what can be taken back. */
export function titleOf(carried: readonly Carried[]): string {
  const names = [...new Set(carried.map(({ planned }) => planned.copy.record.name))]
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}
