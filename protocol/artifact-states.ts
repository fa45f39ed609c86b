/** How an artifact stands to where it came from; free of the validator, so that every client may import it. */

/**
 * `current`: nothing newer upstream. `outdated`: upstream changed, the copy did not. `modified`: the other way round.
 * `diverged`: both. `untracked`: nothing records where it came from. `unknown`: something does, but it cannot be told.
 */
export const artifactStates = ['current', 'outdated', 'modified', 'diverged', 'untracked', 'unknown'] as const
export type ArtifactState = (typeof artifactStates)[number]

/** How what was deployed stands to its collection; `missing`: nothing is there any more. */
export const deploymentStates = [...artifactStates, 'missing'] as const
export type DeploymentState = (typeof deploymentStates)[number]

/** A state in the words of SkillMeat, which has its own for two of them (formats spec section 25). */
export const deploymentWord = (state: DeploymentState): string =>
  state === 'current' ? 'synced' : state === 'diverged' ? 'conflict' : state

/** Why a state is unknown, or not the whole truth: stable codes, each with its sentence. */
export const stateReasons = {
  no_source: 'Nothing records where it came from.',
  part_of_plugin: 'It came with a plugin, which is judged as a whole.',
  source_unsupported: 'Its source is of a kind that smd cannot ask.',
  not_pinned: 'It names no version: the newest one is used whenever it starts.',
  never_checked: 'Its source was not asked yet.',
  check_failed: 'Its source could not be asked.',
  path_unknown: 'Nothing records where in its source it lies.',
  base_unknown: 'It differs from its source, and nothing records what was installed.',
  version_unknown: 'The version installed here is not known.',
  no_version: 'Its source names no version of it, or does not have it any more.',
  removed_upstream: 'Its source does not have it any more.',
} as const
export type StateReason = keyof typeof stateReasons
