/** Plans of deployments, and what came of them, for people. */
import type { PlanAction } from '../../../protocol/deploy-plan.ts'
import { ExitCode } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { CommandContext } from '../../command.ts'
import { plural } from '../../format/values.ts'
import type { Style } from '../../io.ts'

export type Plan = ResultOf<'deployments.plan'>
export type Done = ResultOf<'deployments.deploy'>
type Io = CommandContext['io']

const signs: Record<PlanAction, readonly [sign: string, style: Style]> = {
  add: ['+', 'green'],
  change: ['~', 'yellow'],
  remove: ['-', 'red'],
  same: ['=', 'dim'],
  skip: ['.', 'dim'],
  conflict: ['!', 'red'],
}

type Item = Pick<Plan['projects'][number]['items'][number], 'path' | 'action' | 'reason'> &
  Partial<Pick<Plan['projects'][number]['items'][number], 'files' | 'name' | 'type'>>
type Project = {
  path: string
  name: string
  problem?: string | null
  warnings?: string[]
  items: readonly Item[]
}

/** Every path with what becomes of it and why. */
export function printPlan(io: Io, projects: readonly Project[], { files }: { files: boolean }): void {
  for (const { path, name, problem, warnings, items } of projects) {
    io.line(`${io.paint('bold', name)}  ${io.paint('dim', path)}`)
    if (problem) io.line(`  ${io.paint('red', '!')} ${problem}`)
    for (const warning of warnings ?? []) io.line(`  ${io.paint('yellow', '!')} ${warning}`)
    for (const item of items) {
      printItem(io, item)
      for (const file of files ? (item.files ?? []) : []) {
        if (file.path !== '') io.line(`      ${paintSign(io, file.change)} ${file.path}`)
      }
    }
  }
}

function printItem(io: Io, { path, action, reason, name, type }: Item): void {
  const what = name === undefined || type === undefined ? '' : `${type} ${name}  `
  const why = reason ? `  ${io.paint('dim', reason.message)}` : ''
  io.line(`  ${paintSign(io, action)} ${what}${path}${why}`)
}

const paintSign = (io: Io, action: PlanAction): string => {
  const [sign, style] = signs[action]
  return io.paint(style, sign)
}

/** Whether agreeing to it could cost somebody something. */
export const isGrave = ({ projects }: Plan): boolean =>
  projects.some(({ items }) =>
    items.some(({ action, reason }) => action === 'remove' || reason?.code === 'overwritten'),
  )

/** How many places change; none where all is as it shall be, or in conflict. */
export const countChanges = (projects: readonly Project[]): number =>
  projects
    .filter((project) => !isBlocked(project))
    .flatMap(({ items }) => items)
    .filter(({ action, reason }) => !['same', 'skip'].includes(action) || reason?.code === 'recorded').length

export const isBlocked = ({ problem, items }: Project): boolean =>
  (problem ?? null) !== null || items.some(({ action }) => action === 'conflict')

type Outcome = { outcome: string | null; failure: { path: string; reason: string } | null }

/** Says what was not done and why; answers the exit code. */
export function printOutcome(
  io: Io,
  projects: ReadonlyArray<Project & Outcome>,
  { done, hint }: { done: string; hint: string },
): ExitCode {
  const changed = projects.filter(({ outcome }) => outcome === 'done')
  const places = countChanges(changed)
  for (const project of projects) {
    const { name, outcome, failure } = project
    if (outcome === 'done' || outcome === null) continue
    const end = outcome === 'pending' ? 'It is brought to its end with the next change.' : 'It is as it was.'
    const why = failure ? `${failure.path}: ${failure.reason}. ` : ''
    io.note(`${name}: not changed. ${why}${end}`)
  }
  io.line(`${done}: ${plural(places, 'artifact')} in ${plural(changed.length, 'project')}.`)
  if (projects.some(isBlocked)) io.note(hint)
  return exitCodeOf(projects)
}

export function exitCodeOf(projects: ReadonlyArray<Project & Outcome>): ExitCode {
  if (projects.some(({ outcome }) => outcome === 'failed' || outcome === 'pending')) return ExitCode.failure
  return projects.some(isBlocked) || projects.some(({ outcome }) => outcome === 'conflict')
    ? ExitCode.conflict
    : ExitCode.ok
}
