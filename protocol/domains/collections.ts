/** Collections: libraries of artifacts of one's own, below `~/.skillmeat`. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, ArtifactId, ArtifactTypeName, EpochMs, ProjectRef } from '../primitives.ts'
import { refreshFields } from '../vocabulary.ts'

export const CollectionName = lazily(() => z.string().min(1).max(255))
/** Types that are added one by one. */
const AddedTypeName = lazily(() => z.enum(['skill', 'command', 'agent', 'hook', 'mcp']))
/** Of an artifact, with or without the end of its file. */
export const HeldName = lazily(() => z.string().min(1).max(1000))
const Spec = lazily(() => z.string().min(1).max(4096))
/** ISO 8601, UTC; null when the file does not say. */
const FileTime = lazily(() => z.string().nullable())
/** What `collections.undo` and the like take back; null when nothing was changed. */
export const OperationId = lazily(() => z.string().nullable())

const RefreshedRow = lazily(() =>
  z.object({ name: z.string(), type: z.string(), fields: z.array(z.string()) }),
)

/** Errors that any change of a collection may have. */
export const changeErrors = [
  'collection.not_found',
  'collection.bad_name',
  'collection.bad_manifest',
  'collection.changing',
  'collection.not_written',
  'config.syntax',
  'deploy.library_busy',
  'deploy.library_unwritable',
] as const

export const collectionMethods = {
  'collections.list': defineMethod({
    summary: 'The collections of this user, as their files say now.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        /** By name. */
        items: z.array(
          z.object({
            name: z.string(),
            path: AbsolutePath,
            /** What commands work on when they name no collection. */
            active: z.boolean(),
            /** What its manifest lists. */
            artifactCount: z.int().nonnegative(),
            /** ISO 8601, UTC; null when the manifest does not say. */
            created: z.string().nullable(),
            updated: z.string().nullable(),
            /** Why its manifest cannot be read; null when it can. */
            problem: z.string().nullable(),
          }),
        ),
      }),
    errors: [],
  }),

  'collections.show': defineMethod({
    summary: 'What a collection holds, as its files say now.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** Default: the active one. */
        name: CollectionName().optional(),
        /** Compares what lies there with the lock, which reads all of it. */
        check: z.boolean().default(false),
        /** With the ids of artifacts, for which the cache is filled when it is empty. */
        ids: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        name: z.string(),
        path: AbsolutePath,
        active: z.boolean(),
        created: FileTime(),
        updated: FileTime(),
        /** In the order of the manifest. */
        artifacts: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            path: AbsolutePath,
            /** `local`, `github` or `marketplace`. */
            origin: z.string(),
            upstream: z.string().nullable(),
            /** What was asked for: `latest`, a tag, a branch or a commit. */
            versionSpec: z.string().nullable(),
            version: z.string().nullable(),
            resolvedSha: z.string().nullable(),
            added: FileTime(),
            lastUpdated: FileTime(),
            tags: z.array(z.string()),
            title: z.string().nullable(),
            description: z.string().nullable(),
            /** `modified`: not what the lock says; `unknown`: the lock does not say, or nobody looked. */
            state: z.enum(['current', 'modified', 'missing', 'unknown']),
            /** Of the place in the cache, null when it has none; only where `ids` were asked for. */
            id: ArtifactId.nullable().optional(),
          }),
        ),
      }),
    errors: [
      'collection.not_found',
      'collection.bad_name',
      'collection.bad_manifest',
      'config.syntax',
      'object.unreadable',
    ],
  }),

  'collections.init': defineMethod({
    summary: 'Makes the library and its first collection, as far as they are not there.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: CollectionName().default('default') }),
    result: () =>
      z.object({ name: z.string(), path: AbsolutePath, active: z.boolean(), created: z.boolean() }),
    errors: changeErrors,
  }),

  'collections.create': defineMethod({
    summary: 'Makes a collection.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: CollectionName() }),
    result: () =>
      z.object({ name: z.string(), path: AbsolutePath, active: z.boolean(), created: z.boolean() }),
    errors: [...changeErrors, 'collection.exists'],
  }),

  'collections.use': defineMethod({
    summary: 'Makes a collection the active one.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: CollectionName() }),
    result: () => z.object({ name: z.string(), path: AbsolutePath }),
    errors: changeErrors,
  }),

  'collections.delete': defineMethod({
    summary: 'Removes a collection with everything in it; kept for undo.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: CollectionName(), dryRun: z.boolean().default(false) }),
    result: () =>
      z.object({
        name: z.string(),
        path: AbsolutePath,
        artifactCount: z.int().nonnegative(),
        operation: OperationId(),
      }),
    errors: [...changeErrors, 'collection.active'],
  }),

  'collections.refresh': defineMethod({
    summary: 'Brings the metadata in the manifest in line with the files of a collection.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        name: CollectionName().optional(),
        /** Only artifacts of this type. */
        type: ArtifactTypeName.optional(),
        /** Only artifacts with such a name: `*`, `?` and `[abc]` stand for characters. */
        pattern: z.string().min(1).max(1000).optional(),
        /** Only these; default: all but `tags`. */
        fields: z.array(z.enum(refreshFields)).min(1).optional(),
        dryRun: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        name: z.string(),
        path: AbsolutePath,
        /** Rows that follow their files now, and which keys of them. */
        changed: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            fields: z.array(z.string()),
            /** One for each field; null for none. */
            changes: z.array(
              z.object({ field: z.string(), before: z.unknown().nullable(), after: z.unknown().nullable() }),
            ),
          }),
        ),
        /** Rows without files. */
        missing: z.array(z.object({ name: z.string(), type: z.string() })),
        /** Files without a row, relative to the collection; only when all artifacts were looked at. */
        untracked: z.array(z.string()),
        /** Of the manifest as it was; null when nothing was changed. */
        snapshot: z.string().nullable(),
        operation: OperationId(),
      }),
    errors: [...changeErrors, 'collection.leads_outside'],
  }),

  'collections.rollback': defineMethod({
    summary:
      'Takes the newest refresh of a collection back, key by key: what was changed since then stays as it is.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: CollectionName().optional(), dryRun: z.boolean().default(false) }),
    result: () =>
      z.object({
        name: z.string(),
        path: AbsolutePath,
        /** The refresh. */
        undoes: z.string(),
        at: EpochMs,
        restored: z.array(RefreshedRow()),
        /** Changed since then, so left alone. */
        kept: z.array(RefreshedRow()),
        operation: OperationId(),
      }),
    errors: [...changeErrors, 'collection.no_refresh'],
  }),

  'collections.add': defineMethod({
    summary:
      'Copies an artifact into a collection, from a repository, a marketplace, this disk or a project.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        /**
         * `owner/repo/path@version`, an address, an absolute path, `plugin@marketplace`; with `fromProject` the name of one of
         * its artifacts.
         */
        spec: Spec(),
        /** Default: as it looks. */
        type: AddedTypeName().optional(),
        /** Default: as its source calls it. */
        name: HeldName().optional(),
        /** Default: the active one. */
        collection: CollectionName().optional(),
        fromProject: ProjectRef.optional(),
        tags: z.array(z.string().min(1).max(100)).max(100).default([]),
        /** Takes the place of one with the same name and type. */
        force: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        name: z.string(),
        type: AddedTypeName(),
        collection: z.string(),
        path: AbsolutePath,
        origin: z.string(),
        upstream: z.string().nullable(),
        version: z.string().nullable(),
        resolvedSha: z.string().nullable(),
        /** H1 of the copy, 64 hex. */
        contentHash: z.string(),
        /** What is not wrong but should be known. */
        warnings: z.array(z.string()),
        operation: OperationId(),
      }),
    errors: [
      ...changeErrors,
      'collection.bad_source',
      'collection.source_failed',
      'collection.no_source',
      'collection.not_an_artifact',
      'collection.leads_outside',
      'collection.artifact_exists',
      'project.not_found',
      'project.ambiguous',
      'artifact.not_found',
      'artifact.ambiguous',
    ],
  }),

  'collections.adopt': defineMethod({
    summary:
      'Takes artifacts that other managers, or people, put into a project into a collection, where they lie and as they are: a copy goes to the collection, a record into the project, and nothing else changes.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        project: ProjectRef,
        /** Names; all that can be adopted when left out. */
        artifacts: z.array(HeldName()).min(1).max(1_000).optional(),
        collection: CollectionName().optional(),
        dryRun: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        collection: z.string().nullable(),
        /** By path. */
        items: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            path: AbsolutePath,
            /** Who recorded where it came from, e.g. `github:owner/repo/path`; null when nobody did. */
            source: z.string().nullable(),
            /** `adopt`: it can be, or was; `skip`: with `reason`. */
            action: z.enum(['adopt', 'skip']),
            reason: z.string().nullable(),
          }),
        ),
        /** What `smd undo` takes back, the newest first; empty when nothing was changed. */
        operations: z.array(z.string()),
      }),
    errors: [...changeErrors, 'project.not_found', 'project.ambiguous', 'artifact.not_found'],
  }),

  'collections.remove': defineMethod({
    summary: 'Takes an artifact out of a collection; copies in projects stay.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        name: HeldName(),
        type: AddedTypeName()
          .or(z.enum(['workflow', 'composite']))
          .optional(),
        collection: CollectionName().optional(),
        /** Only its row in the manifest and its entry in the lock go. */
        keepFiles: z.boolean().default(false),
        dryRun: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        name: z.string(),
        type: z.string(),
        collection: z.string(),
        path: AbsolutePath,
        /** Whether its files went, or would. */
        filesRemoved: z.boolean(),
        operation: OperationId(),
      }),
    errors: [
      ...changeErrors,
      'collection.artifact_not_found',
      'collection.ambiguous',
      'collection.leads_outside',
    ],
  }),

  'collections.edit': defineMethod({
    summary:
      'Writes one text file of an artifact of a collection, or removes it; what was there is in a snapshot first.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        name: HeldName(),
        type: z.string().min(1).max(30).optional(),
        collection: CollectionName().optional(),
        /** Inside of the artifact, with `/`; of one that is a single file its name. */
        file: z.string().min(1).max(4096),
        /** Null: there shall be none. */
        content: z.string().max(1_000_000).nullable(),
        /** `new`: refused when it is there; `present`: when it is not. */
        expect: z.enum(['any', 'new', 'present']).default('any'),
      }),
    result: () =>
      z.object({
        name: z.string(),
        type: z.string(),
        collection: z.string(),
        path: AbsolutePath,
        /** Null when it was removed. */
        sizeBytes: z.int().nonnegative().nullable(),
        operation: OperationId(),
      }),
    errors: [
      ...changeErrors,
      'collection.artifact_not_found',
      'collection.ambiguous',
      'collection.leads_outside',
      'collection.bad_file',
      'collection.file_exists',
      'artifact.no_such_file',
    ],
  }),

  'collections.verify': defineMethod({
    summary: 'Whether a source holds an artifact of a type; keeps nothing.',
    kind: 'query',
    since: 1,
    params: () => z.object({ spec: Spec(), type: AddedTypeName().optional() }),
    result: () =>
      z.object({
        source: z.string(),
        valid: z.boolean(),
        /** Why not; null when it is valid. */
        reason: z.string().nullable(),
        type: AddedTypeName().nullable(),
        name: z.string().nullable(),
        resolvedSha: z.string().nullable(),
        warnings: z.array(z.string()),
      }),
    errors: ['collection.bad_source', 'collection.source_failed', 'collection.no_source'],
  }),
}
