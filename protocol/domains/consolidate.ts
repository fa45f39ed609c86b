/** Bringing together what stands in a collection more than once. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, ArtifactTypeName } from '../primitives.ts'
import { keepRules } from '../vocabulary.ts'
import { CollectionName, changeErrors, HeldName, OperationId } from './collections.ts'
import { Failure, Outcome, PlannedProject } from './deployments.ts'

/** `type:name` in the collection, or a name alone where only one type has it. */
const Ref = lazily(() => HeldName())

const Group = lazily(() =>
  z.object({
    type: z.string(),
    /** `same`: file by file. `similar`: by their words; what only the removed ones hold is then no longer in the collection. */
    kind: z.enum(['same', 'similar']),
    keep: z.object({
      name: z.string(),
      path: AbsolutePath,
      /** Why this one; a sentence. */
      reason: z.string(),
      /** Records of deployments, as the cache knows them. */
      deployments: z.int().nonnegative(),
    }),
    remove: z.array(
      z.object({
        name: z.string(),
        path: AbsolutePath,
        /** Of its words to those of the kept one, 0 to 1, to about 0.04; null where nobody knows. */
        likeness: z.number().nullable(),
        /** Whether its files go; not when another entry of the manifest names some of them, or a link that no record names. */
        filesRemoved: z.boolean(),
        deployments: z.int().nonnegative(),
      }),
    ),
    /** What the kept one has from the others afterwards. */
    gains: z.object({
      tags: z.array(z.string()),
      /** Groups in which it takes a place. */
      groups: z.array(z.string()),
      /** Deployment sets in which it takes a place. */
      sets: z.array(z.string()),
      /** Artifacts that name it as theirs instead of a removed one. */
      links: z.array(z.string()),
      /** The source that is followed from now on; null when that does not change. */
      source: z.string().nullable(),
    }),
    /** What should be known before; sentences. */
    warnings: z.array(z.string()),
  }),
)

export const consolidateMethods = {
  'collections.consolidate': defineMethod({
    summary:
      'Brings together what stands in a collection more than once: one is kept, tags, groups, sets and deployments of the others go over to it.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        /** Default: the active one. */
        collection: CollectionName().optional(),
        /** Only what one of these belongs to. */
        artifacts: z.array(Ref()).min(1).max(1_000).optional(),
        type: ArtifactTypeName.optional(),
        /** How alike two must be, 0.5 to 1; at 1 only those that are the same file by file. */
        min: z.number().min(0.5).max(1).default(0.5),
        /** How many groups at most, the most alike first. */
        limit: z.int().min(1).max(200).default(20),
        keepRule: z.enum(keepRules).default('used'),
        /** These are kept, whatever the rule says. */
        keep: z.array(Ref()).max(1_000).default([]),
        /** Exactly these instead of what is found to be alike. */
        groups: z
          .array(z.object({ keep: Ref(), remove: z.array(Ref()).min(1).max(1_000) }))
          .min(1)
          .max(200)
          .optional(),
        /** The digest of the plan that was agreed to; refused when the plan is another one by now. */
        expect: z.string().max(64).optional(),
        dryRun: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        collection: z.string(),
        path: AbsolutePath,
        /** The same for the same plan. */
        digest: z.string(),
        groups: z.array(Group()),
        /** What of the groups that were found was passed over, and why; sentences. */
        warnings: z.array(z.string()),
        /** Groups found, also beyond `limit`. */
        total: z.int().nonnegative(),
        /**
         * What becomes of deployed copies. The collection itself only changes when all projects that have to could be
         * changed; those that could be have the kept one then, all the same.
         */
        projects: z.array(
          PlannedProject().extend({ outcome: Outcome().nullable(), failure: Failure().nullable() }),
        ),
        /** The same content as that of a removed one, in a project and in no record: it stays as it is. */
        untouched: z.array(z.object({ name: z.string(), type: z.string(), path: AbsolutePath })),
        /** Of the collection as it was; null when it was not changed. */
        snapshot: z.string().nullable(),
        /** Null for a plan, and when there is nothing to do. */
        outcome: Outcome().nullable(),
        failure: Failure().nullable(),
        operation: OperationId(),
      }),
    errors: [
      ...changeErrors,
      'collection.artifact_not_found',
      'collection.ambiguous',
      'collection.cannot_consolidate',
      'collection.leads_outside',
      'deploy.plan_changed',
    ],
  }),
}
