/** Takes a change back: what is still as the change left it becomes what it was before, and nothing else. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { PlanAction, PlanReason } from '../../../../../protocol/deploy-plan.ts'
import { SmdError } from '../../../../../protocol/errors.ts'
import { readTree } from '../objects/index.ts'
import {
  type Content,
  changePlaces,
  contentAt,
  isSame,
  type KeptProject,
  listOperations,
  markOf,
  type Operation,
  type Outcome,
  operationTools,
  type Problem,
  type ProjectChange,
  readOperation,
  standingOperations,
  systemCalls,
  type TextChange,
} from '../operations/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { changeRecords, keyOfRow, recordFileName, rowsOf, toRecord } from './record-file.ts'

export type UndoItem = { path: string; action: PlanAction; reason: PlanReason | null }
export type UndoneProject = {
  path: string
  name: string
  items: UndoItem[]
  /** Null for a plan. */
  outcome: Outcome | null
  failure: Problem | null
}
export type Undone = {
  /** What is taken back. */
  undoes: string
  title: string
  /** The change that takes it back, and can be taken back as well; null when nothing changed. */
  operation: string | null
  projects: UndoneProject[]
  touched: string[]
}

export type UndoRequest = {
  /** Null: the newest change that was not taken back. */
  id: string | null
  /** Also what was edited since; it is kept. */
  force: boolean
  dryRun: boolean
}

/** Errors: `deploy.no_operation`. */
export function undo(tools: WorkTools, { id, force, dryRun }: UndoRequest): Promise<Undone> {
  return tools.exclusively(async () => {
    const operation = await findOperation(tools, id)
    const planned: Array<{ project: UndoneProject; change: ProjectChange }> = []
    for (const kept of operation.projects.filter(({ outcome }) => outcome === 'done'))
      planned.push(await planProject(kept, force))
    const last = operation.projects.find((kept) => kept.last)
    if (last) beginWith(last.folder, planned)
    const answer = { undoes: operation.id, title: operation.title }
    if (dryRun)
      return { ...answer, operation: null, projects: planned.map(({ project }) => project), touched: [] }
    const result = await changePlaces(operationTools(tools), {
      kind: 'undo',
      title: `Undo: ${operation.title}`,
      undoes: operation.id,
      projects: planned.map(({ change }) => change),
    })
    const projects = planned.map(({ project }, n) => ({
      ...project,
      outcome: result.projects[n]?.outcome ?? null,
      failure: result.projects[n]?.problem ?? null,
    }))
    return { ...answer, operation: result.id, projects, touched: touchedBy(planned, tools) }
  })
}

/**
 * What was changed last, because the others had to be in line with it, goes back first, and the others not at all without it.
 */
function beginWith(
  folder: string,
  planned: ReadonlyArray<{ project: UndoneProject; change: ProjectChange }>,
): void {
  const isStuck = planned.some(
    ({ project }) => project.path === folder && project.items.some(({ action }) => action === 'conflict'),
  )
  for (const { project, change } of planned) {
    if (project.path === folder) continue
    if (!isStuck) change.last = true
    else {
      Object.assign(change, { places: [], texts: [], prune: [] })
      project.items = project.items.map(({ path }) => ({ path, action: 'skip', reason: null }))
    }
  }
}

async function findOperation({ folders }: WorkTools, id: string | null): Promise<Operation> {
  const { own } = libraryPlaces(folders)
  if (id !== null) {
    const operation = await readOperation(own, id, systemCalls)
    if (operation) return operation
  } else {
    for await (const operation of standingOperations(own, systemCalls))
      if (operation.kind !== 'undo') return operation
  }
  throw new SmdError('deploy.no_operation', { id: id ?? 'made by smd' })
}

async function planProject(
  kept: KeptProject,
  force: boolean,
): Promise<{ project: UndoneProject; change: ProjectChange }> {
  const items: UndoItem[] = []
  const places: ProjectChange['places'][number][] = []
  const stay = new Set<string>()
  for (const { path, before, want } of kept.places) {
    const now = await contentAt(path, systemCalls, readTree).catch(() => 'unreadable' as const)
    const item = judge(path, now, before, want, force)
    items.push(item)
    if (item.action === 'conflict') stay.add(path)
    else if (now !== 'unreadable' && item.action !== 'same')
      places.push({ path, want: before, expected: markOf(now) })
  }
  const texts: TextChange[] = []
  for (const text of kept.texts) {
    const change = await revertText(text, stay, force)
    if (change === 'edited' || change === 'unreadable') {
      // What goes with the places must fit them: all or nothing.
      return broken(kept, [...items, { path: text.path, action: 'conflict', reason: change }])
    }
    if (change) texts.push(change)
  }
  const prune = [...kept.folders].reverse()
  return { project: toProject(kept, items), change: { folder: kept.folder, places, texts, prune } }
}

const toProject = ({ folder }: KeptProject, items: UndoItem[]): UndoneProject => ({
  path: folder,
  name: basename(folder),
  items,
  outcome: null,
  failure: null,
})

const broken = (kept: KeptProject, items: UndoItem[]): { project: UndoneProject; change: ProjectChange } => ({
  project: toProject(kept, items),
  change: { folder: kept.folder, places: [], texts: [] },
})

function judge(
  path: string,
  now: Content | 'unreadable',
  before: Content,
  want: Content,
  force: boolean,
): UndoItem {
  if (now === 'unreadable') return { path, action: 'conflict', reason: 'unreadable' }
  if (isSame(now, before)) return { path, action: 'same', reason: null }
  const action = before === null ? 'remove' : now === null ? 'add' : 'change'
  if (isSame(now, want)) return { path, action, reason: null }
  return force ? { path, action, reason: 'overwritten' } : { path, action: 'conflict', reason: 'edited' }
}

/** Null when nothing has to change. Records go back one by one; of any other text only the whole does. */
async function revertText(
  { path, before, text }: KeptProject['texts'][number],
  stay: ReadonlySet<string>,
  force: boolean,
): Promise<TextChange | 'edited' | 'unreadable' | null> {
  const read = readFile(path, 'utf8').catch(unlessAbsentAt(path))
  const now = await read.catch(() => undefined)
  if (now === undefined) return 'unreadable'
  if (now === before) return null
  if (now === text && stay.size === 0) return { path, text: before, expected: now }
  if (basename(path) !== recordFileName)
    return force || (now === text && stay.size > 0) ? { path, text: before, expected: now } : 'edited'
  const [old, left] = [indexRows(before, path), indexRows(text, path)]
  const put: Record<string, unknown>[] = []
  const drop = new Set<string>()
  for (const key of new Set([...old.keys(), ...left.keys()])) {
    const [was, became] = [old.get(key), left.get(key)]
    if (JSON.stringify(was) === JSON.stringify(became)) continue
    const places = [was, became].flatMap((row) => (row ? (toRecord(row)?.path ?? []) : []))
    if (places.some((place) => stay.has(join(dirname(path), place)))) continue
    if (was) put.push(was)
    else drop.add(key)
  }
  return changeRecords({ file: path, text: now }, put, drop, { exactly: true })
}

const indexRows = (text: string | null, file: string): Map<string, Record<string, unknown>> =>
  new Map((text === null ? [] : rowsOf(text, file)).map((row) => [keyOfRow(row), row]))

/** Projects and collections in which something changed; the home folder stands for what is for all projects. */
function touchedBy(planned: ReadonlyArray<{ change: ProjectChange }>, { folders }: WorkTools): string[] {
  const { collections } = libraryPlaces(folders)
  const touched = new Set<string>([folders.home])
  for (const { change } of planned) {
    touched.add(change.folder)
    for (const { path } of [...change.places, ...change.texts]) {
      const [name = ''] = path.startsWith(collections + sep)
        ? path.slice(collections.length + 1).split(sep)
        : []
      if (name !== '') touched.add(join(collections, name))
    }
  }
  return [...touched]
}

export type ListedOperation = Pick<Operation, 'id' | 'kind' | 'title' | 'at' | 'undoes'> & {
  /** The change that took it back; null while it stands. */
  undoneBy: string | null
  projects: Array<{ path: string; outcome: Outcome; places: number; failure: Problem | null }>
}

/** Changes that can be taken back, newest first. */
export async function listKeptOperations(
  { folders }: WorkTools,
  { limit }: { limit: number },
): Promise<{ items: ListedOperation[] }> {
  const { own } = libraryPlaces(folders)
  const items: ListedOperation[] = []
  const undoneBy = new Map<string, string>()
  for (const id of await listOperations(own, systemCalls)) {
    const operation = await readOperation(own, id, systemCalls)
    if (!operation) continue
    const { kind, title, at, undoes } = operation
    if (undoes !== null && !undoneBy.has(id) && !undoneBy.has(undoes)) undoneBy.set(undoes, id)
    const projects = operation.projects.map(({ folder, outcome, places, problem }) => ({
      path: folder,
      outcome: outcome ?? ('pending' as const),
      places: places.length,
      failure: problem,
    }))
    items.push({ id, kind, title, at, undoes, undoneBy: undoneBy.get(id) ?? null, projects })
    if (items.length >= limit) break
  }
  return { items }
}
