/** Snapshots of collections: taken before anything is overwritten or removed, and whenever somebody asks. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, Cursor, EpochMs } from '../primitives.ts'

/** The active one when there is none. */
const CollectionName = z.string().min(1).max(255).optional()
const SnapshotId = z.string().regex(/^\d{8}-\d{6}-\d{6}$/)

/** `/`-separated, from the folder of the collection: of a folder, an artifact or a file. */
const InnerPath = z.string().min(1).max(4096)
const InnerPaths = z.array(InnerPath).min(1).max(10_000)

const Snapshot = lazily(() =>
  z.object({
    /** Sorts by time: UTC and microseconds. */
    id: SnapshotId,
    collection: z.string(),
    takenAt: EpochMs,
    message: z.string(),
    /** Taken by itself, before something was changed. */
    automatic: z.boolean(),
    artifactCount: z.int().nonnegative(),
    /** False: it holds what was about to change, and nothing else. */
    whole: z.boolean(),
    /** The archive it is in, too, or alone; null: in none. */
    archive: AbsolutePath.nullable(),
  }),
)

const FileFate = lazily(() =>
  z.object({
    path: InnerPath,
    /**
     * `restore`: it gets the content it had, or comes back; `remove`: it was not there then; `merge`: it goes back, and what
     * was edited since stays; `keep`: it stays as it is.
     */
    action: z.enum(['restore', 'remove', 'merge', 'keep']),
    /**
     * What is not safe about it; null: nothing. `modified`: it was edited since smd wrote it, or nobody knows whether it was.
     * The others are those of a merge, in which the edited file stays as it is.
     */
    conflict: z.enum(['modified', 'content', 'deletion', 'add_add', 'both_modified']).nullable(),
    binary: z.boolean(),
  }),
)

const wanted = {
  collection: CollectionName,
  id: SnapshotId,
  /** Only what lies there; absent: everything. */
  paths: InnerPaths.optional(),
  /** What was edited since smd wrote it stays, merged where both changed; otherwise everything goes back. */
  keepChanges: z.boolean().default(false),
}

const Plan = lazily(() =>
  z.object({
    snapshot: Snapshot(),
    /** No file has a conflict. */
    isSafe: z.boolean(),
    /** Every file that is not as it was, by path. */
    files: z.array(FileFate()),
    /** Artifacts whose entries in manifest and lock go back as well. */
    entries: z.array(z.string()),
    /** Sentences. */
    warnings: z.array(z.string()),
  }),
)

const notThere = ['snapshot.no_collection', 'snapshot.not_found', 'snapshot.damaged'] as const
const unusable = [...notThere, 'snapshot.unsafe_archive', 'object.unreadable', 'object.too_large'] as const

export const snapshotMethods = {
  'snapshots.list': defineMethod({
    summary: 'Snapshots of a collection, newest first; also those that SkillMeat took.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        collection: CollectionName,
        limit: z.int().min(1).max(100).default(50),
        /** `nextCursor` of the page before. */
        cursor: Cursor.optional(),
      }),
    result: () =>
      z.object({
        collection: z.string(),
        items: z.array(Snapshot()),
        total: z.int().nonnegative(),
        nextCursor: Cursor.nullable(),
      }),
    errors: ['snapshot.no_collection', 'page.bad_cursor', 'config.syntax'],
  }),
  'snapshots.create': defineMethod({
    summary:
      'Takes a snapshot of a whole collection; only what has changed since the last one is read and kept.',
    kind: 'command',
    since: 1,
    params: () => z.object({ collection: CollectionName, message: z.string().max(500).default('') }),
    result: Snapshot,
    errors: ['snapshot.no_collection', 'object.unreadable', 'object.too_large'],
  }),
  'snapshots.show': defineMethod({
    summary: 'What a snapshot holds.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        collection: CollectionName,
        id: SnapshotId,
        limit: z.int().min(1).max(10_000).default(1_000),
      }),
    result: () =>
      Snapshot().extend({
        /** The first of them, by path. */
        places: z.array(
          z.object({
            /** An artifact, or a file of the collection itself. */
            path: InnerPath,
            /** H1 of formats spec section 5. */
            contentHash: z.string(),
            fileCount: z.int().nonnegative(),
            sizeBytes: z.int().nonnegative(),
          }),
        ),
        placeCount: z.int().nonnegative(),
      }),
    errors: [...unusable, 'object.missing'],
  }),
  'snapshots.analyze': defineMethod({
    summary: 'What going back to a snapshot would do, file by file; nothing is changed.',
    kind: 'query',
    since: 1,
    params: () => z.object(wanted),
    result: Plan,
    errors: [...unusable, 'snapshot.no_such_path', 'object.missing'],
  }),
  'snapshots.rollback': defineMethod({
    summary: 'Goes back to a snapshot, wholly or not at all; what is there now is in another snapshot first.',
    kind: 'command',
    since: 1,
    params: () => z.object(wanted),
    result: () =>
      Plan().extend({
        /** The snapshot taken before; null: everything was as it was then already. */
        safetySnapshotId: SnapshotId.nullable(),
      }),
    errors: [...unusable, 'snapshot.no_such_path', 'snapshot.changed_meanwhile', 'object.missing'],
  }),
  'snapshots.delete': defineMethod({
    summary: 'Forgets a snapshot, and removes its archive.',
    kind: 'command',
    since: 1,
    params: () => z.object({ collection: CollectionName, id: SnapshotId }),
    result: Snapshot,
    errors: ['snapshot.not_found', 'config.syntax'],
  }),
  'snapshots.export': defineMethod({
    summary: 'Writes a snapshot of a whole collection into an archive that SkillMeat reads.',
    kind: 'command',
    since: 1,
    params: () => z.object({ collection: CollectionName, id: SnapshotId }),
    result: () =>
      Snapshot().extend({
        archive: AbsolutePath,
        sizeBytes: z.int().nonnegative(),
        /** Sentences. */
        warnings: z.array(z.string()),
      }),
    errors: [...unusable, 'snapshot.not_whole', 'object.missing'],
  }),
  'snapshots.compare': defineMethod({
    summary: 'What has changed from one snapshot to another, or to now.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        collection: CollectionName,
        id: SnapshotId,
        /** Absent: the collection as it is now. */
        other: SnapshotId.optional(),
      }),
    result: () =>
      z.object({
        /** Paths from the folder of the collection. */
        filesAdded: z.array(InnerPath),
        filesRemoved: z.array(InnerPath),
        filesModified: z.array(InnerPath),
        /** Of texts. */
        linesAdded: z.int().nonnegative(),
        linesRemoved: z.int().nonnegative(),
      }),
    errors: [...unusable, 'object.missing'],
  }),
}
