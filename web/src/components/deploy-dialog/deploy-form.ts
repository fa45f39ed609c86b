/** What is chosen in the dialog, and what is asked for with it. */
import type { DeployScope } from '../../../../protocol/deploy-plan.ts'
import type { ParamsOf } from '../../../../protocol/methods.ts'

export type DeployForm = {
  scope: DeployScope
  /** Ids of projects. */
  projects: ReadonlySet<string>
  /** Ids of profiles; of none, what the daemon takes then. */
  profiles: ReadonlySet<string>
  link: boolean
  members: boolean
  overwrite: boolean
}

/** An artifact of a collection, as its manifest calls it. */
export type Held = { name: string; type: string }

export type DeployRequest = Omit<ParamsOf<'deployments.undeploy'>, 'expect'>

/** Null while nothing is chosen that a plan could be made of. */
export function requestOf(
  form: DeployForm,
  collection: string,
  artifacts: readonly Held[],
): DeployRequest | null {
  const { scope, projects, profiles, members, overwrite } = form
  if (artifacts.length === 0 || (scope === 'project' && projects.size === 0)) return null
  return {
    collection,
    artifacts: artifacts.map(({ name, type }) => ({ name, type })),
    scope,
    ...(scope === 'project' && { projects: [...projects] }),
    profiles: [...profiles],
    members,
    overwrite,
  }
}
