/** Deployments: what goes from collections into projects, how it is taken away again, and what is there. */
import { z } from 'zod'
import { deploymentStates } from '../artifact-states.ts'
import { deployScopes, planActions, planReasons } from '../deploy-plan.ts'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, ArtifactId, EpochMs, MAX_PAGE, Offset, ProjectId, ProjectRef } from '../primitives.ts'

const Name = lazily(() => z.string().min(1).max(255))

const Where = lazily(() =>
  z.object({
    /** Ids, names or paths; a path may also be that of a folder that is no project yet. */
    projects: z.array(ProjectRef).max(10_000).default([]),
    /** All known projects that are there. */
    allProjects: z.boolean().default(false),
    /** `user`: below the home folder, for all projects at once; then no project is named. */
    scope: z.enum(deployScopes).default('project'),
    /** Ids of `profiles.list`; the primary one when none is named, and all that have a record when taking away. */
    profiles: z.array(Name()).max(50).default([]),
    /** All agents with a folder of their own. */
    allProfiles: z.boolean().default(false),
    /** JSON as in `SKILLMEAT_PLATFORM_DEFAULTS_JSON`: overrides of profiles by platform. */
    platformDefaults: z.string().max(100_000).optional(),
  }),
)

const What = lazily(() =>
  z.object({
    artifacts: z
      .array(z.object({ name: Name(), type: z.string().max(30).optional() }))
      .max(10_000)
      .default([]),
    /** Names of deployment sets. */
    sets: z.array(Name()).max(100).default([]),
    /** The active one when left out. */
    collection: Name().optional(),
    /** Replaces, or removes, what was edited or is not from a collection; it is kept, so that it can be brought back. */
    overwrite: z.boolean().default(false),
    /** Skills with the commands, agents, hooks, servers and skills they bring. */
    members: z.boolean().default(true),
  }),
)

const DeployParams = lazily(() =>
  What()
    .extend(Where().shape)
    .extend({
      /** Links to the collection instead of copies. */
      link: z.boolean().default(false),
    }),
)

const Reason = lazily(() =>
  z.object({ code: z.enum(Object.keys(planReasons) as [keyof typeof planReasons]), message: z.string() }),
)

const PlannedItem = lazily(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    collection: z.string(),
    profile: z.string(),
    platform: z.string(),
    /** Folder of the profile in a project, e.g. `.claude`. */
    profileRoot: z.string(),
    path: AbsolutePath,
    action: z.enum(planActions),
    /** Null where the action says it all. */
    reason: Reason().nullable(),
    /** Below `path`; of an artifact that is one file the path is empty. */
    files: z.array(z.object({ path: z.string(), change: z.enum(['add', 'change', 'remove']) })),
  }),
)

export const PlannedProject = lazily(() =>
  z.object({
    path: AbsolutePath,
    name: z.string(),
    /** Why nothing can be done here; null when something can. */
    problem: z.string().nullable(),
    /** What could not be looked at and was passed over; sentences. */
    warnings: z.array(z.string()),
    items: z.array(PlannedItem()),
  }),
)

/**
 * `done`: as planned. `conflict`, `failed`: the project is as it was. `pending`: it could be brought neither forward nor
 * back yet, which is tried again.
 */
export const Outcome = lazily(() => z.enum(['done', 'conflict', 'failed', 'pending']))
export const Failure = lazily(() => z.object({ path: z.string(), reason: z.string() }))

const Deployed = lazily(() =>
  z.object({
    /** For `deployments.undo`; null when nothing changed. */
    operation: z.string().nullable(),
    projects: z.array(
      PlannedProject().extend({
        outcome: Outcome(),
        /** Null when done, and where `items` or `problem` tell. */
        failure: Failure().nullable(),
      }),
    ),
  }),
)

const Agreed = lazily(() =>
  z.object({
    /** The digest of the plan that was agreed to; refused when the plan is another one by now. */
    expect: z.string().max(64).optional(),
  }),
)

const ProfileShape = lazily(() =>
  z.object({
    id: z.string(),
    platform: z.string(),
    /** Folder in a project. */
    root: z.string(),
    /** Folder below the root, by type of artifact. */
    containers: z.record(z.string(), z.string()),
    configFiles: z.array(z.string()),
    types: z.array(z.string()),
    contextPrefixes: z.array(z.string()),
    description: z.string().nullable(),
  }),
)

const DeploymentSet = lazily(() =>
  z.object({
    name: Name(),
    description: z.string().max(500),
    /** `type:name`. */
    artifacts: z.array(z.string()),
    /** Other sets whose artifacts belong to it, too. */
    sets: z.array(z.string()),
  }),
)

const requestErrors = [
  'collection.not_found',
  'collection.bad_name',
  'collection.bad_manifest',
  'collection.artifact_not_found',
  'collection.ambiguous',
  'deploy.unknown_profile',
  'deploy.bad_profile',
  'deploy.set_not_found',
  'deploy.set_cycle',
  'deploy.nothing_named',
  'deploy.no_project',
  'project.not_found',
  'project.ambiguous',
  'project.unreadable',
  'object.unreadable',
] as const

export const deploymentMethods = {
  'deployments.plan': defineMethod({
    summary: 'What a deployment would do, or its contrary: every path with what becomes of it and why.',
    kind: 'query',
    since: 1,
    params: () =>
      DeployParams().extend({ /** Plans to take away instead. */ remove: z.boolean().default(false) }),
    result: () =>
      z.object({
        /** For `expect`. */
        digest: z.string(),
        projects: z.array(PlannedProject()),
      }),
    errors: [...requestErrors, 'deploy.not_deployed'],
  }),
  'deployments.deploy': defineMethod({
    summary: 'Deploys artifacts of a collection, each project wholly or not at all.',
    kind: 'command',
    since: 1,
    params: () => DeployParams().extend(Agreed().shape),
    result: Deployed,
    errors: [...requestErrors, 'deploy.plan_changed', 'deploy.library_busy', 'deploy.library_unwritable'],
  }),
  'deployments.undeploy': defineMethod({
    summary: 'Takes deployed artifacts away with their records, each project wholly or not at all.',
    kind: 'command',
    since: 1,
    params: () => What().extend(Where().shape).extend(Agreed().shape),
    result: Deployed,
    errors: [
      ...requestErrors,
      'deploy.not_deployed',
      'deploy.plan_changed',
      'deploy.library_busy',
      'deploy.library_unwritable',
    ],
  }),
  'deployments.undo': defineMethod({
    summary: 'Takes a change back: what is still as it was left becomes what it was before.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        /** Of `deployments.operations`; the newest change that was not taken back when left out. */
        operation: z.string().max(64).optional(),
        /** Also what was edited since; that is kept, so that this can be taken back as well. */
        force: z.boolean().default(false),
        /** Only tells what would happen. */
        dryRun: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        undoes: z.string(),
        title: z.string(),
        /** Null when nothing changed. */
        operation: z.string().nullable(),
        projects: z.array(
          z.object({
            path: AbsolutePath,
            name: z.string(),
            items: z.array(
              z.object({ path: AbsolutePath, action: z.enum(planActions), reason: Reason().nullable() }),
            ),
            /** Null for a trial. */
            outcome: Outcome().nullable(),
            failure: Failure().nullable(),
          }),
        ),
      }),
    errors: ['deploy.no_operation', 'deploy.library_busy', 'deploy.library_unwritable'],
  }),
  'deployments.list': defineMethod({
    summary: 'What was deployed where, and how it stands to its collection; from the cache.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        project: ProjectRef.optional(),
        /** `untracked` lists what no record names. */
        state: z.enum(deploymentStates).optional(),
        collection: Name().optional(),
        type: z.string().max(30).optional(),
        name: Name().optional(),
        profile: Name().optional(),
        limit: z.int().min(1).max(MAX_PAGE).default(1_000),
        offset: Offset.default(0),
      }),
    result: () =>
      z.object({
        items: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            /** Null when untracked, as `profile` and `hash`. */
            collection: z.string().nullable(),
            profile: z.string().nullable(),
            /** Null for what is for all projects. */
            project: z.object({ id: ProjectId, name: z.string(), path: AbsolutePath }).nullable(),
            path: z.string(),
            state: z.enum(deploymentStates),
            /** What is there, as an artifact; null for nothing, and for files that are none. */
            artifactId: ArtifactId.nullable(),
            /** H1 of what was deployed. */
            hash: z.string().nullable(),
            /** As recorded: ISO 8601, mostly without a zone. */
            deployedAt: z.string().nullable(),
          }),
        ),
        /** How many there are beyond this page, too. */
        total: z.int().nonnegative(),
        /** How many there are in each state, whatever `state` was asked for. */
        states: z.partialRecord(z.enum(deploymentStates), z.int().positive()),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'deployments.operations': defineMethod({
    summary: 'Changes of projects and collections that can be taken back, newest first.',
    kind: 'query',
    since: 1,
    params: () => z.object({ limit: z.int().min(1).max(100).default(20) }),
    result: () =>
      z.object({
        items: z.array(
          z.object({
            id: z.string(),
            kind: z.string(),
            title: z.string(),
            at: EpochMs,
            /** The change that this one took back. */
            undoes: z.string().nullable(),
            /** The change that took it back; null while it stands. */
            undoneBy: z.string().nullable(),
            projects: z.array(
              z.object({
                path: AbsolutePath,
                outcome: Outcome(),
                /** How many artifacts changed. */
                places: z.int().nonnegative(),
                failure: Failure().nullable(),
              }),
            ),
          }),
        ),
      }),
    errors: [],
  }),
  'profiles.list': defineMethod({
    summary: 'The agents that can be deployed to, with their folders.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** With what this project stores in its `.skillmeat-project.toml`. */
        project: ProjectRef.optional(),
        platformDefaults: z.string().max(100_000).optional(),
      }),
    result: () => z.object({ items: z.array(ProfileShape()) }),
    errors: ['deploy.bad_profile', 'project.not_found', 'project.ambiguous', 'object.unreadable'],
  }),
  'sets.list': defineMethod({
    summary: 'The deployment sets of a collection, by name.',
    kind: 'query',
    since: 1,
    params: () => z.object({ collection: Name().optional() }),
    result: () => z.object({ collection: z.string(), items: z.array(DeploymentSet()) }),
    errors: ['collection.not_found'],
  }),
  'sets.save': defineMethod({
    summary: 'Makes a deployment set, or replaces it.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        collection: Name().optional(),
        name: Name(),
        description: z.string().max(500).default(''),
        /** `type:name`, or a name alone where only one type has it. */
        artifacts: z.array(Name()).max(1_000).default([]),
        sets: z.array(Name()).max(100).default([]),
      }),
    result: () => z.object({ collection: z.string(), set: DeploymentSet(), created: z.boolean() }),
    errors: [
      'collection.not_found',
      'collection.artifact_not_found',
      'collection.ambiguous',
      'deploy.set_not_found',
      'deploy.set_cycle',
    ],
  }),
  'sets.delete': defineMethod({
    summary: 'Forgets a deployment set; nothing that was deployed changes.',
    kind: 'command',
    since: 1,
    params: () => z.object({ collection: Name().optional(), name: Name() }),
    result: () => z.object({ collection: z.string(), name: z.string() }),
    errors: ['collection.not_found', 'deploy.set_not_found', 'deploy.set_in_use'],
  }),
}
