/** Which of a project's artifacts are meant, and what was chosen for their files. */
import { SmdError } from '../../../../../protocol/errors.ts'
import type { ParsedParamsOf } from '../../../../../protocol/methods.ts'
import type { Choice } from '../merge/index.ts'
import type { DeployedCopy, ProjectCopies } from './copies.ts'

/**
 * By name or `type:name`; all when nothing is named. `mayLack`: a project without one of them is no mistake.
 * Errors: `sync.not_deployed`, `sync.ambiguous`; `object.unreadable` when what is not found may be where nobody can look.
 */
export function chosenCopies(
  { copies, unreadable }: ProjectCopies,
  project: string,
  artifacts: readonly string[] | undefined,
  mayLack = false,
): DeployedCopy[] {
  if (!artifacts) return [...copies]
  const chosen = new Set<DeployedCopy>()
  for (const artifact of artifacts) {
    const found = copies.filter(({ record }) => isMeant(record, artifact))
    if (found.length === 0 && !mayLack)
      throw unreadable[0] ?? new SmdError('sync.not_deployed', { artifact, project })
    const types = [...new Set(found.map(({ record }) => record.type))]
    if (types.length > 1)
      throw new SmdError('sync.ambiguous', { artifact, project, types: types.sort().join(', ') })
    for (const copy of found) chosen.add(copy)
  }
  return copies.filter((copy) => chosen.has(copy))
}

/** What was chosen for the files of one artifact, by path. */
export function choicesOf(
  name: string,
  type: string,
  choices: ParsedParamsOf<'sync.preview'>['choices'],
): Record<string, Choice> {
  const chosen: Record<string, Choice> = Object.create(null)
  for (const { artifact, path, take } of choices ?? [])
    if (artifact === undefined || isMeant({ name, type }, artifact)) chosen[path] = take
  return chosen
}

const isMeant = ({ name, type }: { name: string; type: string }, artifact: string): boolean =>
  artifact === name || artifact === `${type}:${name}`
