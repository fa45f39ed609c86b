/** Words of plans of deployments; free of the validator, so that every client may import them. */

/**
 * What happens to an artifact at one place. `same`: it is there already. `skip`: the profile has no place for its type.
 * `conflict`: its project is left as it is.
 */
export const planActions = ['add', 'change', 'remove', 'same', 'skip', 'conflict'] as const
export type PlanAction = (typeof planActions)[number]

/** Why it is so: stable codes, each with its sentence. */
export const planReasons = {
  edited: 'It was edited since it was deployed.',
  not_ours: 'Something is there that was not deployed from a collection.',
  overwritten: 'What is there was edited, or is not from a collection; it is kept for smd undo.',
  recorded: 'The same is there already; it is only recorded.',
  moved: 'From now on it lies elsewhere.',
  gone: 'It is gone already; only its record is removed.',
  no_place: 'The profile has no place for artifacts of this type.',
  outside: 'A link on the way leads out of the project.',
  in_the_way: 'A file lies where a folder is needed.',
  case_twin: 'A name that differs only in upper and lower case is there.',
  too_wide: 'Its record names a folder that holds more than this artifact.',
  same_place: 'Another artifact of this plan lies at the same place.',
  leads_out: 'It holds a link that leads out of it.',
  bad_name: 'Its name cannot be the name of a file.',
  no_files: 'The collection lists it, but its files are gone.',
  unreadable: 'It cannot be read.',
  goes_over: 'It was edited, so it stays as it is; its record goes over to the artifact that is kept.',
  kept_is_there: 'The artifact that is kept is there as well.',
  own_now:
    'It was edited, and the artifact that is kept is there as well; it stays, and belongs to the project alone.',
} as const
export type PlanReason = keyof typeof planReasons

/** Where artifacts go to: below the projects, or below the home folder for all projects. */
export const deployScopes = ['project', 'user'] as const
export type DeployScope = (typeof deployScopes)[number]
