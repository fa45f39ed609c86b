import { dirname } from 'node:path'
import { syncFolder } from '../../../../kernel/fs/durable.ts'
import { contentAt, isSame, type Keeper, markOf } from './content.ts'
import { codeOf, type FileCalls, unlessAbsent } from './file-calls.ts'
import { newOperationId, pruneOperations, putDone, putOpen } from './operation-files.ts'
import { intentOf, missingFolders, Staging, type Tools } from './staging.ts'
import { Conflict, goBack, goForward, removeEmpty } from './steps.ts'
import type {
  KeptPlace,
  KeptProject,
  KeptText,
  Operation,
  OperationRequest,
  Outcome,
  Problem,
  ProjectChange,
} from './types.ts'

/** What an operation needs of its surroundings. */
export type OperationTools = {
  /** The library's own folder. */
  own: string
  /** Unix ms. */
  now: number
  keeper: Keeper
  calls: FileCalls
}

export type OperationResult = {
  /** Null when nothing had to be changed, or nothing could be; then there is nothing to take back. */
  id: string | null
  /** As asked, in that order. `places`: how many changed. */
  projects: Array<{ folder: string; outcome: Outcome; problem: Problem | null; places: number }>
}

/** So many projects at a time: more would wait for the same disk. */
const AT_ONCE = 4

/**
 * Changes what lies at places of several projects, each project wholly or not at all, also when the process is killed or the
 * power fails in between (promise D6). To be called inside of `exclusively`.
 *
 * What is there goes into the object store first. What is new is made ready beside, then a note is written that says so, and
 * from that note on the way is forward. A place that is no longer as the plan saw it leaves its project as it was.
 */
export async function changePlaces(
  tools: OperationTools,
  { kind, title, projects, undoes }: OperationRequest,
): Promise<OperationResult> {
  const { own, now, calls } = tools
  const prepared = await mapSome(projects, AT_ONCE, (project) => prepare(project, tools))
  const last = new Set(prepared.filter(({ last }) => last))
  if (last.size > 0) holdBack(prepared, prepared)
  const todo = prepared.filter(
    ({ outcome, places, texts }) => outcome === null && places.length + texts.length > 0,
  )
  if (todo.length === 0) return { id: null, projects: prepared.map(toResult) }
  const id = await newOperationId(own, now, calls)
  const operation: Operation = {
    version: 1,
    id,
    kind,
    title,
    at: now,
    undoes: undoes ?? null,
    projects: todo,
  }
  await putOpen(own, operation, calls)
  const remembering = withTrees(tools)
  const change = (project: KeptProject) => changeProject(id, project, remembering)
  const first = todo.filter((project) => !last.has(project))
  await mapSome(first, AT_ONCE, change)
  const after = todo.filter((project) => last.has(project))
  holdBack(first, after)
  await mapSome(
    after.filter(({ outcome }) => outcome === null),
    AT_ONCE,
    change,
  )
  await finish(operation, tools)
  const isDone = todo.some(({ outcome }) => outcome === 'done')
  return { id: isDone ? id : null, projects: prepared.map(toResult) }
}

/** Those `waiting` stay as they are when one of those `before` could not be changed, for the same reason. */
function holdBack(before: readonly KeptProject[], waiting: readonly KeptProject[]): void {
  const stopped = before.find(({ outcome }) => outcome !== null && outcome !== 'done')
  if (!stopped) return
  for (const project of waiting)
    if (project.outcome === null) Object.assign(project, { outcome: 'conflict', problem: stopped.problem })
}

/** What is left to be done later stays open. */
export async function finish(operation: Operation, { own, now, calls }: OperationTools): Promise<void> {
  if (operation.projects.some(({ isLeft }) => isLeft)) return
  await putDone(own, operation, calls)
  await pruneOperations(own, now, calls)
}

/** What goes to many projects is looked up once. */
function withTrees(tools: OperationTools): OperationTools {
  const { keeper } = tools
  const trees = new Map<string, ReturnType<Keeper['tree']>>()
  const tree: Keeper['tree'] = (id) => {
    const known = trees.get(id) ?? keeper.tree(id)
    trees.set(id, known)
    return known
  }
  return { ...tools, keeper: { ...keeper, tree } }
}

const toResult = ({
  folder,
  outcome,
  problem,
  places,
}: KeptProject): OperationResult['projects'][number] => ({
  folder,
  outcome: outcome ?? 'done',
  problem,
  places: outcome === 'done' ? places.length : 0,
})

/** Looks whether everything is as the plan saw it, keeps it, and leaves out what is as it shall be. */
async function prepare(project: ProjectChange, { calls, keeper }: OperationTools): Promise<KeptProject> {
  const kept: KeptProject = {
    folder: project.folder,
    outcome: null,
    problem: null,
    places: [],
    texts: [],
    folders: [],
    prune: [...(project.prune ?? [])],
    ...(project.last && { last: true }),
  }
  try {
    for (const { path, want, expected } of project.places) {
      const before = await contentAt(path, calls, keeper.keep)
      if (markOf(before) !== expected) throw new Conflict(path, 'it is not as the plan saw it')
      if (!isSame(before, want)) kept.places.push({ path, before, want } satisfies KeptPlace)
    }
    for (const { path, text, expected } of project.texts) {
      const before = await calls.readFile(path, 'utf8').catch(unlessAbsent)
      if (before !== expected) throw new Conflict(path, 'it is not as the plan saw it')
      if (before !== text) kept.texts.push({ path, before, text } satisfies KeptText)
    }
    const wanted = [
      ...kept.places.filter(({ want }) => want !== null),
      ...kept.texts.filter(({ text }) => text !== null),
    ]
    const missing = new Set<string>()
    for (const { path } of wanted) for (const folder of await missingFolders(path, calls)) missing.add(folder)
    kept.folders = [...missing].sort((a, b) => a.length - b.length)
    return kept
  } catch (error) {
    return Object.assign(kept, toOutcome(error, project.folder))
  }
}

async function changeProject(id: string, project: KeptProject, tools: OperationTools): Promise<void> {
  const staging = new Staging(project.folder, id, tools.calls)
  const intent = intentOf(id, project)
  try {
    await staging.fill(intent, tools)
    await goForward(intent, staging, tools)
  } catch (error) {
    Object.assign(project, toOutcome(error, staging.folder), await undone(staging, tools))
    return
  }
  project.outcome = 'done'
  await tidy(project, staging, tools)
}

/** Brings a project back to what it was; `pending` when even that fails. */
async function undone(staging: Staging, tools: Tools): Promise<Partial<KeptProject>> {
  try {
    const note = await staging.direction()
    if (note) {
      await staging.turnBack()
      await goBack(note.intent, staging, tools)
    }
    await staging.remove()
    await syncFolder(dirname(staging.folder), tools.calls).catch(unlessAbsent)
    return {}
  } catch {
    return { outcome: 'pending', isLeft: true }
  }
}

/** Everything is in its place; what is left over here only takes room, and is removed with the next operation. */
async function tidy(project: KeptProject, staging: Staging, { calls }: Tools): Promise<void> {
  try {
    await staging.remove()
    await removeEmpty(project.prune, calls)
  } catch {
    project.isLeft = true
  }
}

export function toOutcome(error: unknown, path: string): { outcome: Outcome; problem: Problem } {
  if (error instanceof Conflict)
    return { outcome: 'conflict', problem: { path: error.path, reason: error.message } }
  const { path: at = path, message } = error as NodeJS.ErrnoException
  return { outcome: 'failed', problem: { path: at, reason: codeOf(error) || message } }
}

/** Runs `work` for all items, so many at a time; the results are in the order of the items. */
export async function mapSome<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length)
  let next = 0
  const one = async (): Promise<void> => {
    for (let n = next++; n < items.length; n = next++) results[n] = await work(items[n] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one))
  return results
}
