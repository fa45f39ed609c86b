import { notify } from '../components/notices/notices.tsx'
import { call } from '../connection.ts'
import { plural } from './format.ts'
import { notifyFailure } from './use-action.ts'
import { queries } from './use-query.ts'

/** What may be another once files of a project or a collection were changed. */
const touched = /^(?:artifacts|collections|deployments|groups|projects|sets|snapshots|sync|tags)\./

/** Asks again whatever shows what was changed. */
export const reloadChanged = (): void => queries.invalidate((key) => touched.test(key))

/** Tells what was done, with a way to take it back where there is one; several changes are taken back together. */
export function notifyDone(text: string, operation: string | readonly string[] | null): void {
  const operations = operation === null ? [] : [operation].flat()
  notify({
    tone: 'ok',
    text,
    ...(operations.length > 0 && { action: { text: 'Undo', act: () => void undoChange(operations) } }),
  })
}

/** Takes changes back, the last one first, and tells what came of it; what was edited since stays. */
export async function undoChange(operations: readonly string[]): Promise<void> {
  const done = notify({ text: 'Taking it back…', busy: true })
  try {
    const undone = []
    for (const operation of operations.toReversed())
      undone.push(await call('deployments.undo', { operation }))
    const projects = undone.flatMap((one) => one.projects)
    const left = projects.filter(({ outcome }) => outcome !== 'done')
    if (left.length === 0) notifyDone(`Taken back: ${undone.map(({ title }) => title).join(', ')}`, null)
    else
      notify({
        tone: 'attention',
        text: `Not taken back in ${plural(left.length, 'place')} of ${projects.length}: ${reasonOf(left[0])} ${left[0]?.path ?? ''}`,
      })
  } catch (error) {
    notifyFailure(error)
  } finally {
    done()
    reloadChanged()
  }
}

type Undone = Awaited<ReturnType<typeof call<'deployments.undo'>>>['projects'][number]

function reasonOf(project: Undone | undefined): string {
  const conflict = project?.items.find(({ action }) => action === 'conflict')
  return project?.failure?.reason ?? conflict?.reason?.message ?? 'it was edited since.'
}
