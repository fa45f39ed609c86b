/** The cache as a whole: how fresh it is, making it fresher, emptying it. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import {
  ArtifactTypeName,
  DurationMs,
  EpochMs,
  Offset,
  PageParams,
  ProjectId,
  ProjectRef,
  pageOf,
} from '../primitives.ts'

/** What one refresh did. */
export const RefreshResult = lazily(() =>
  z.object({
    success: z.boolean(),
    projectsRefreshed: z.int().nonnegative(),
    /** Artifacts added, changed or removed. */
    changesDetected: z.int().nonnegative(),
    errors: z.array(z.object({ projectId: ProjectId.nullable(), path: z.string(), message: z.string() })),
    durationMs: DurationMs,
    counters: z.object({
      units: z.int(),
      directories: z.int(),
      filesStatted: z.int(),
      filesRead: z.int(),
      bytesRead: z.int(),
      added: z.int(),
      changed: z.int(),
      removed: z.int(),
      unchanged: z.int(),
    }),
    /** Collections that the cache did not know, and what their manifests say beside artifacts. */
    recovered: z.array(
      z.object({
        collection: z.string(),
        tagsRecovered: z.int().nonnegative(),
        groupsRecovered: z.int().nonnegative(),
        membersRecovered: z.int().nonnegative(),
        /** Members that mean no artifact of the collection; they stay in the file. */
        membersSkipped: z.int().nonnegative(),
        skippedReason: z.enum(['no_collection_toml', 'toml_read_error']).nullable(),
      }),
    ),
  }),
)

/** How far a running refresh is. */
export const RefreshProgress = lazily(() =>
  z.object({
    startedAt: EpochMs,
    unitsDone: z.int().nonnegative(),
    /** 0 while projects are still being looked for. */
    unitsTotal: z.int().nonnegative(),
    artifacts: z.int().nonnegative(),
  }),
)

export const cacheMethods = {
  'cache.status': defineMethod({
    summary: 'Age, size, hit rate, counts, stale entries and query times of the cache.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        storage: z.enum(['file', 'memory']),
        path: z.string(),
        sizeBytes: z.int().nonnegative(),
        schemaVersion: z.int(),
        ttlMs: DurationMs,
        projects: z.int().nonnegative(),
        staleProjects: z.int().nonnegative(),
        failedProjects: z.int().nonnegative(),
        artifacts: z.int().nonnegative(),
        countsByType: z.partialRecord(ArtifactTypeName, z.int().nonnegative()),
        outdatedArtifacts: z.int().nonnegative(),
        modifiedArtifacts: z.int().nonnegative(),
        /** Oldest and newest scan among the projects. */
        oldestFetchedAt: EpochMs.nullable(),
        newestFetchedAt: EpochMs.nullable(),
        lastRefreshAt: EpochMs.nullable(),
        /** Time since the oldest scan; null when nothing was scanned. */
        ageMs: DurationMs.nullable(),
        hits: z.int().nonnegative(),
        misses: z.int().nonnegative(),
        /** Share of reads answered from a fresh cache, 0 to 1; null before the first read. */
        hitRate: z.number().min(0).max(1).nullable(),
        queries: z.object({
          count: z.int(),
          meanMs: z.number().nullable(),
          maxMs: z.number().nullable(),
          /** How many took longer than `log.slow_query_ms`. */
          slow: z.int(),
        }),
        refresh: RefreshProgress().nullable(),
      }),
    errors: [],
  }),
  'cache.check': defineMethod({
    summary: 'Whether every page of cache.db is in order; a damaged file is set aside and read anew.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** How old the verdict may be; 0 looks now. */
        maxAgeMs: DurationMs.default(600_000),
      }),
    result: () =>
      z.object({
        checkedAt: EpochMs,
        /** What SQLite found first; null when all is well. */
        problem: z.string().nullable(),
      }),
    errors: [],
  }),
  'cache.refresh': defineMethod({
    summary:
      'Read the disk again: one project, or all. Without force, only what is older than the time to live.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        project: ProjectRef.optional(),
        force: z.boolean().default(false),
        /** Return at once with `started`, instead of waiting for the end. */
        background: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        /** False when everything was fresh enough. */
        refreshed: z.boolean(),
        started: z.boolean(),
        result: RefreshResult().nullable(),
      }),
    errors: ['project.not_found', 'project.ambiguous', 'cache.read_only'],
  }),
  'cache.sync': defineMethod({
    summary:
      'Wait until the cache has every change of files that was made before the call, in one project or everywhere.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        project: ProjectRef.optional(),
        /** Return at once with `started`, instead of waiting for the end. */
        background: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        started: z.boolean(),
        result: z
          .object({
            /** Everything done before this moment is in the cache. */
            syncedAt: EpochMs,
            /** Projects, plugins, collections and folders of the user that are kept in line. */
            units: z.int().nonnegative(),
            /** Those among them that are not watched, and were therefore read. */
            scanned: z.int().nonnegative(),
            durationMs: DurationMs,
          })
          .nullable(),
      }),
    errors: [
      'project.not_found',
      'project.ambiguous',
      'cache.read_only',
      'cache.sync_failed',
      'cache.disk_full',
    ],
  }),
  'cache.invalidate': defineMethod({
    summary: 'Mark one project, or all, as stale; their rows are served until the next refresh.',
    kind: 'command',
    since: 1,
    params: () => z.object({ project: ProjectRef.optional() }),
    result: () => z.object({ invalidatedCount: z.int().nonnegative() }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'cache.clear': defineMethod({
    summary: 'Empty the cache. Nothing a user decided is lost: the next refresh fills it again from disk.',
    kind: 'command',
    scope: 'admin',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({ removedProjects: z.int().nonnegative(), removedArtifacts: z.int().nonnegative() }),
    errors: [],
  }),
  'marketplace.list': defineMethod({
    summary: 'Marketplaces registered on this machine, as cached.',
    kind: 'query',
    since: 1,
    params: () =>
      PageParams.extend({
        type: z.string().optional(),
        /** Whether to tell what the catalogue holds, too. */
        data: z.boolean().default(false),
        /** How many rows to leave out first. */
        offset: Offset.default(0),
      }),
    result: () =>
      pageOf(
        z.object({
          id: z.string(),
          name: z.string(),
          type: z.string(),
          url: z.string().nullable(),
          description: z.string().nullable(),
          cachedAt: EpochMs,
          pluginCount: z.int().nonnegative(),
          /** Owner, version and plugins; only when asked for. */
          data: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    errors: ['page.bad_cursor'],
  }),
}
