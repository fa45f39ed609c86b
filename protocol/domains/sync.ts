/** Keeping projects and collections in step (formats spec section 12). */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, DiffOptions, EpochMs, ProjectId, ProjectRef } from '../primitives.ts'
import {
  conflictRules,
  type Drift,
  drifts,
  fileChoices,
  recommendations,
  syncStrategies,
  updateStrategies,
} from '../sync-words.ts'

const Sha256 = lazily(() => z.string().regex(/^[0-9a-f]{64}$/))
const CollectionName = lazily(() => z.string().min(1).max(255))
/** A name, or `type:name` where several types have it. */
const ArtifactRefs = lazily(() => z.array(z.string().min(1).max(512)).max(10_000))

const Choices = lazily(() =>
  z
    .array(
      z.object({
        /** As in `artifacts`; left out: any artifact with such a file. */
        artifact: z.string().min(1).max(512).optional(),
        /** Path of the file inside the artifact. */
        path: z.string().max(4096),
        take: z.enum(fileChoices),
      }),
    )
    .max(10_000),
)

const Hunk = lazily(() =>
  z.object({
    leftStart: z.int().nonnegative(),
    leftLines: z.int().nonnegative(),
    rightStart: z.int().nonnegative(),
    rightLines: z.int().nonnegative(),
    /** Each with its sign first: space, `-` or `+`; backslash for a missing line end. */
    lines: z.array(z.string()),
  }),
)

/** One file of a merge. */
const FilePlan = lazily(() =>
  z.object({
    /** Inside the artifact; empty for one that is a single file. */
    path: z.string(),
    /** Where it lay before, when it moves. */
    movedFrom: z.string().nullable(),
    /** Whose change it is; `both` made the same one, `merged` others that go together. */
    status: z.enum(['unchanged', 'local', 'remote', 'both', 'merged', 'conflict']),
    conflict: z.enum(['content', 'deletion', 'add_add', 'both_modified']).nullable(),
    /** It cannot be merged by lines. */
    isBinary: z.boolean(),
    choice: z.enum(fileChoices).nullable(),
    /** Somebody has to decide first. */
    isOpen: z.boolean(),
    /** What becomes of the file where it is changed. */
    change: z.enum(['added', 'removed', 'changed', 'none']),
    /**
     * From what lies there to what shall, conflicts marked; null for what is no text, or too long. Empty when `change` is none.
     */
    hunks: z.array(Hunk()).nullable(),
  }),
)

/** One deployed artifact, and what is or was done with it. */
const SyncItem = lazily(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    collection: z.string(),
    /** Which agent's folder it is deployed for. */
    profile: z.string(),
    project: AbsolutePath,
    /** Before anything was done. */
    drift: z.enum(drifts),
    /**
     * `copy`: all of one version; `merge`: both go together; `record`: only the record is brought up to date; `fork`: a second
     * artifact; `conflict`: somebody has to decide; `skip`: not wanted; `failed`: with `reason`.
     */
    action: z.enum(['none', 'copy', 'merge', 'record', 'fork', 'conflict', 'skip', 'failed']),
    /** One sentence; null when the action says it all. */
    reason: z.string().nullable(),
    /** Whether it is known what both versions came from; without, everything that differs is a conflict. */
    hasBase: z.boolean(),
    /** What would change, or did, and what is in conflict, by path. */
    files: z.array(FilePlan()),
    /** What is in conflict and not decided. */
    openConflicts: z.int().nonnegative(),
  }),
)

/** As far as somebody knows; `sha` is a commit. */
const UpstreamVersion = lazily(() => z.object({ sha: z.string().nullable(), version: z.string().nullable() }))

const SyncOptions = lazily(() =>
  z.object({
    artifacts: ArtifactRefs().optional(),
    collection: CollectionName().optional(),
    strategy: z.enum(syncStrategies).default('merge'),
    conflicts: z.enum(conflictRules).default('stop'),
    choices: Choices().optional(),
  }),
)

const SyncResult = lazily(() =>
  z.object({
    /** What `smd undo` takes back; empty when nothing changed. */
    operations: z.array(z.string()),
    /** By project, collection, type and name. */
    items: z.array(SyncItem()),
    /** What could not be looked at and was passed over; sentences. */
    warnings: z.array(z.string()),
  }),
)

const planErrors = [
  'project.not_found',
  'project.ambiguous',
  'sync.collection_unknown',
  'sync.bad_records',
  'sync.not_deployed',
  'sync.ambiguous',
  'sync.no_fork',
  'object.unreadable',
] as const
const changeErrors = ['deploy.library_busy', 'deploy.library_unwritable'] as const

export const syncMethods = {
  'sync.check': defineMethod({
    summary: 'How what a project has from collections stands to them, as files say now.',
    kind: 'query',
    since: 1,
    params: () => z.object({ project: ProjectRef, collection: CollectionName().optional() }),
    result: () =>
      z.object({
        /** `id` is null for the home folder, which stands for what is deployed for all projects. */
        project: z.object({ id: ProjectId.nullable(), name: z.string(), path: AbsolutePath }),
        /** By collection, type and name; what is in step as well. */
        items: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            /** Empty for what no collection has. */
            collection: z.string(),
            profile: z.string(),
            /** In the project. */
            path: AbsolutePath,
            drift: z.enum(drifts),
            recommendation: z.enum(Object.values(recommendations)),
            /** Content hash that was deployed, and of both copies now. */
            baseHash: Sha256().nullable(),
            collectionHash: Sha256().nullable(),
            projectHash: Sha256().nullable(),
            /** Whether what was deployed is kept, for a merge. */
            hasBase: z.boolean(),
            /** Why it cannot be told; null when it can. */
            problem: z.string().nullable(),
          }),
        ),
        counts: z.object(
          Object.fromEntries(drifts.map((drift) => [drift, z.int().nonnegative()])) as Record<
            Drift,
            z.ZodInt
          >,
        ),
        /** What could not be looked at and was passed over; sentences. */
        warnings: z.array(z.string()),
        checkedAt: EpochMs,
      }),
    errors: [
      'project.not_found',
      'project.ambiguous',
      'sync.collection_unknown',
      'sync.bad_records',
      'object.unreadable',
    ],
  }),
  'sync.preview': defineMethod({
    summary: 'What a pull or push would do, file by file; changes nothing.',
    kind: 'query',
    since: 1,
    params: () => SyncOptions().extend({ project: ProjectRef, direction: z.enum(['pull', 'push']) }),
    result: SyncResult,
    errors: planErrors,
  }),
  'sync.pull': defineMethod({
    summary: 'Take what was edited in a project into its collections.',
    kind: 'command',
    since: 1,
    params: () => SyncOptions().extend({ project: ProjectRef, dryRun: z.boolean().default(false) }),
    result: SyncResult,
    errors: [...planErrors, ...changeErrors],
  }),
  'sync.push': defineMethod({
    summary: 'Bring projects up to what their collections hold, with what was edited in them.',
    kind: 'command',
    since: 1,
    params: () =>
      SyncOptions().extend({
        /** All that have something deployed, when left out. */
        projects: z.array(ProjectRef).min(1).max(10_000).optional(),
        dryRun: z.boolean().default(false),
      }),
    result: SyncResult,
    errors: [...planErrors, ...changeErrors],
  }),
  'collections.update': defineMethod({
    summary: 'Bring artifacts of a collection up to what their sources hold, with what was edited here.',
    kind: 'command',
    since: 1,
    params: () =>
      SyncOptions()
        .omit({ strategy: true })
        .extend({
          /** Only of this type. */
          type: z.string().min(1).max(50).optional(),
          strategy: z.enum(updateStrategies).default('merge'),
          dryRun: z.boolean().default(false),
          /** Brings what changed to every project that has it, merging as `sync.push` does. */
          push: z.boolean().default(false),
        }),
    result: () =>
      z.object({
        /** What `smd undo` takes back, latest last. */
        operations: z.array(z.string()),
        collection: z.string(),
        /** By their order in the manifest. */
        items: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            /** As of a pull; `record`: only manifest and lock learn of the new version. */
            action: z.enum(['none', 'copy', 'merge', 'record', 'fork', 'conflict', 'skip', 'failed']),
            reason: z.string().nullable(),
            from: UpstreamVersion(),
            /** Null when its source could not be asked. */
            to: UpstreamVersion().nullable(),
            hasBase: z.boolean(),
            files: z.array(FilePlan()),
            openConflicts: z.int().nonnegative(),
          }),
        ),
        /** What was done in projects; empty without `push`. */
        pushed: z.array(SyncItem()),
        /** Projects that could not be looked at and were passed over; sentences. */
        warnings: z.array(z.string()),
      }),
    errors: [
      'collection.not_found',
      'collection.bad_name',
      'collection.bad_manifest',
      'collection.artifact_not_found',
      'collection.ambiguous',
      'config.syntax',
      ...changeErrors,
    ],
  }),
  'diff.paths': defineMethod({
    summary: 'What differs between two files, or two folders, of this machine.',
    kind: 'query',
    // Whoever may only look at artifacts must not read every file of the machine through it.
    scope: 'admin',
    since: 1,
    params: () => DiffOptions.extend({ left: AbsolutePath, right: AbsolutePath }),
    result: () =>
      z.object({
        /** Files that differ, by path. */
        files: z.array(
          z.object({
            path: z.string(),
            status: z.enum(['added', 'removed', 'changed']),
            /** Null for files that are no text, or too long; empty when only the permission to run differs. */
            hunks: z.array(Hunk()).nullable(),
          }),
        ),
        same: z.int().nonnegative(),
      }),
    errors: ['artifact.unreadable'],
  }),
  'diff.merge': defineMethod({
    summary:
      'What a merge of two versions of files or folders of this machine would make of the first; writes nothing.',
    kind: 'query',
    scope: 'admin',
    since: 1,
    params: () => DiffOptions.extend({ base: AbsolutePath, local: AbsolutePath, remote: AbsolutePath }),
    result: () => z.object({ files: z.array(FilePlan()), openConflicts: z.int().nonnegative() }),
    errors: ['object.unreadable', 'object.too_large', 'sync.changed', 'merge.mixed'],
  }),
}
