/** Words of keeping in step (formats spec section 12); free of the validator, so that every client may import them. */

/**
 * How a deployed copy stands to its collection. `modified`: changed in the project; `outdated`: in the collection;
 * `conflict`: in both; `missing`: gone from the project; `removed`: from the collection; `added`: deployed to other projects,
 * not here; `version_mismatch`: both hold the same, which the record does not know; `untracked`: in the project alone;
 * `unknown`: cannot be read.
 */
export const drifts = [
  'none',
  'modified',
  'outdated',
  'conflict',
  'missing',
  'removed',
  'added',
  'version_mismatch',
  'untracked',
  'unknown',
] as const
export type Drift = (typeof drifts)[number]

/** What to do about each, in the words of the original. */
export const recommendations = {
  none: 'none',
  modified: 'push_to_collection',
  outdated: 'pull_from_collection',
  conflict: 'review_manually',
  missing: 'deploy_to_project',
  removed: 'remove_from_project',
  added: 'deploy_to_project',
  version_mismatch: 'sync',
  untracked: 'none',
  unknown: 'review_manually',
} as const satisfies Record<Drift, string>

/** `prompt` is for people to be asked; where nobody can be it is `skip`. */
export const syncStrategies = ['overwrite', 'merge', 'fork', 'prompt', 'skip'] as const
export type SyncStrategy = (typeof syncStrategies)[number]

/** Of what was edited in the collection, when its source has something new (formats spec section 11). */
export const updateStrategies = ['merge', 'upstream', 'local', 'prompt'] as const
export type UpdateStrategy = (typeof updateStrategies)[number]

/** Which version of a file is wanted: `ours` is where it goes, `theirs` where it comes from. */
export const fileChoices = ['ours', 'theirs', 'base', 'merged'] as const

/** What becomes of conflicts without a choice. `mark`: both versions, with markers, where that can be done. */
export const conflictRules = ['stop', 'mark', 'ours', 'theirs'] as const
