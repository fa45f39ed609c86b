import { finish, mapSome, type OperationTools, toOutcome } from './change-places.ts'
import { contentAt, isSame } from './content.ts'
import { isThere, unlessAbsent } from './file-calls.ts'
import { dropOpen, listOpen, readOpen, readOperation } from './operation-files.ts'
import { Staging } from './staging.ts'
import { Conflict, goBack, goForward, removeEmpty } from './steps.ts'
import type { KeptProject, Operation } from './types.ts'

const DAY_MS = 86_400_000
/** How long a project that is not there (a disk that is not mounted) is waited for. */
const PATIENCE_DAYS = 30

/**
 * Ends what a killed process left half done: forward where everything was ready, else back. One call of the system where
 * nothing was left. Returns the folders of projects that it touched. To be called inside of `exclusively`, by whoever holds
 * the library's lock: what is open then is nobody's.
 */
export async function recoverOperations(tools: OperationTools): Promise<string[]> {
  const { own, calls } = tools
  const touched: string[] = []
  for (const id of await listOpen(own, calls)) {
    const operation = await readOpen(own, id, calls)
    // The note of what begins was cut short, so nothing had begun; or its end was kept already.
    if (!operation || (await readOperation(own, id, calls))) {
      await dropOpen(own, id, calls)
      continue
    }
    await mapSome(operation.projects, 4, (project) => recoverProject(operation, project, tools))
    touched.push(...operation.projects.map(({ folder }) => folder))
    await finish(operation, tools)
  }
  return touched
}

async function recoverProject(
  operation: Operation,
  project: KeptProject,
  tools: OperationTools,
): Promise<void> {
  const { calls, now } = tools
  project.isLeft = true
  project.outcome = 'pending'
  const isGone = !(await isThere(project.folder, calls).catch(() => false))
  if (isGone && operation.at > now - PATIENCE_DAYS * DAY_MS) return
  try {
    const staging = new Staging(project.folder, operation.id, calls)
    const outcome = await goOn(project, staging, tools)
    await staging.remove()
    if (outcome.outcome === 'done') await removeEmpty(project.prune, calls)
    Object.assign(project, outcome, { isLeft: false })
  } catch (error) {
    project.problem = toOutcome(error, project.folder).problem
  }
}

type Ended = Pick<KeptProject, 'outcome' | 'problem'>

async function goOn(project: KeptProject, staging: Staging, tools: OperationTools): Promise<Ended> {
  const note = await staging.direction()
  if (note?.direction === 'forward') {
    try {
      await goForward(note.intent, staging, tools)
      return { outcome: 'done', problem: null }
    } catch (error) {
      // Whatever the file system refuses now it may allow later; what somebody changed since stays so.
      if (!(error instanceof Conflict)) throw error
      await staging.turnBack()
      await goBack(note.intent, staging, tools)
      return toOutcome(error, project.folder)
    }
  }
  if (note) await goBack(note.intent, staging, tools)
  else if (await isDone(project, tools)) return { outcome: 'done', problem: null }
  return { outcome: 'failed', problem: { path: project.folder, reason: 'it was cut short' } }
}

/** Of a project that is wholly old or wholly new, which: one thing that is as it shall be tells. */
async function isDone({ places, texts }: KeptProject, { calls, keeper }: OperationTools): Promise<boolean> {
  for (const { path, want } of places) {
    if (isSame(await contentAt(path, calls, keeper.read), want)) return true
  }
  for (const { path, text } of texts) {
    if ((await calls.readFile(path, 'utf8').catch(unlessAbsent)) === text) return true
  }
  return false
}
