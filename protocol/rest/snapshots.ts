/** REST: snapshots of collections (formats spec section 25). */
import { z } from 'zod'
import { Cursor } from '../primitives.ts'
import {
  CollectionParam,
  collectionIn,
  defineRoute,
  iso,
  pageInfoOf,
  placeList,
  type RestRoute,
  Time,
} from './route.ts'

const Snapshot = z.object({
  id: z.string(),
  timestamp: Time,
  message: z.string(),
  collection_name: z.string(),
  artifact_count: z.int(),
  automatic: z.boolean().describe('Taken by itself, before something was changed.'),
})

const snapshotOf = (snapshot: {
  id: string
  takenAt: number
  message: string
  collection: string
  artifactCount: number
  automatic: boolean
}): z.input<typeof Snapshot> => ({
  id: snapshot.id,
  timestamp: iso(snapshot.takenAt),
  message: snapshot.message,
  collection_name: snapshot.collection,
  artifact_count: snapshot.artifactCount,
  automatic: snapshot.automatic,
})

const SnapshotId = z.string().regex(/^\d{8}-\d{6}-\d{6}$/)

export const snapshotRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/versions/snapshots',
    id: 'listSnapshots',
    tag: 'Snapshots',
    summary: 'Snapshots of a collection, newest first.',
    rpc: 'snapshots.list',
    query: () =>
      z.object({
        collection_name: CollectionParam,
        limit: z.int().min(1).max(100).default(50).describe('How many at most.'),
        after: Cursor.optional().describe('`end_cursor` of the page before.'),
      }),
    reply: () => placeList(Snapshot),
    ask: ({ query: { collection_name, limit, after } }) => ({
      ...collectionIn(collection_name),
      limit,
      ...(after !== undefined && { cursor: after }),
    }),
    toReply: (page, { query: { after } }) => ({
      items: page.items.map(snapshotOf),
      page_info: pageInfoOf(page, after),
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/versions/snapshots/:id',
    id: 'getSnapshot',
    tag: 'Snapshots',
    summary: 'One snapshot.',
    rpc: 'snapshots.show',
    query: () => z.object({ collection_name: CollectionParam }),
    reply: () => Snapshot,
    ask: ({ path: { id = '' }, query: { collection_name } }) => ({ id, ...collectionIn(collection_name) }),
    toReply: snapshotOf,
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/versions/snapshots/:id/rollback-analysis',
    id: 'analyzeRollback',
    tag: 'Snapshots',
    summary: 'What going back to a snapshot would do, and what of it is not safe.',
    rpc: 'snapshots.analyze',
    query: () => z.object({ collection_name: CollectionParam }),
    reply: () =>
      z.object({
        is_safe: z.boolean(),
        files_with_conflicts: z.array(z.string()),
        files_safe_to_restore: z.array(z.string()),
        warnings: z.array(z.string()),
      }),
    ask: ({ path: { id = '' }, query: { collection_name } }) => ({
      id,
      keepChanges: true,
      ...collectionIn(collection_name),
    }),
    toReply: ({ isSafe, files, warnings }) => ({
      is_safe: isSafe,
      files_with_conflicts: files.filter(({ conflict }) => conflict !== null).map(({ path }) => path),
      files_safe_to_restore: files
        .filter(({ action, conflict }) => conflict === null && action !== 'keep')
        .map(({ path }) => path),
      warnings,
    }),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/versions/snapshots/:id/rollback',
    id: 'rollback',
    tag: 'Snapshots',
    summary: 'Goes back to a snapshot, wholly or not at all; what is there now is in another snapshot first.',
    rpc: 'snapshots.rollback',
    body: () =>
      z.object({
        collection_name: CollectionParam,
        preserve_changes: z.boolean().default(true).describe('What was edited since stays, merged.'),
        selective_paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000).optional(),
      }),
    reply: () =>
      z.object({
        success: z.boolean(),
        files_merged: z.array(z.string()),
        files_restored: z.array(z.string()),
        conflicts: z.array(
          z.object({
            file_path: z.string(),
            conflict_type: z.string(),
            auto_mergeable: z.boolean(),
            is_binary: z.boolean(),
          }),
        ),
        safety_snapshot_id: z.string().nullable(),
      }),
    ask: ({ path: { id = '' }, body: { collection_name, preserve_changes, selective_paths } }) => ({
      id,
      keepChanges: preserve_changes,
      ...collectionIn(collection_name),
      ...(selective_paths !== undefined && { paths: selective_paths }),
    }),
    toReply: ({ files, safetySnapshotId }) => ({
      success: true,
      files_merged: files.filter(({ action }) => action === 'merge').map(({ path }) => path),
      files_restored: files
        .filter(({ action }) => action === 'restore' || action === 'remove')
        .map(({ path }) => path),
      conflicts: files.flatMap(({ path, action, conflict, binary }) =>
        conflict === null
          ? []
          : [
              {
                file_path: path,
                conflict_type: conflict,
                auto_mergeable: action === 'merge',
                is_binary: binary,
              },
            ],
      ),
      safety_snapshot_id: safetySnapshotId,
    }),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/versions/snapshots',
    id: 'createSnapshot',
    tag: 'Snapshots',
    summary: 'Takes a snapshot of a whole collection.',
    rpc: 'snapshots.create',
    status: 201,
    body: () => z.object({ collection_name: CollectionParam, message: z.string().max(500).default('') }),
    reply: () => Snapshot,
    ask: ({ body: { collection_name, message } }) => ({ ...collectionIn(collection_name), message }),
    toReply: snapshotOf,
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/versions/snapshots/diff',
    id: 'diffSnapshots',
    tag: 'Snapshots',
    summary: 'What has changed from the first snapshot to the second.',
    rpc: 'snapshots.compare',
    body: () =>
      z.object({
        collection_name: CollectionParam,
        snapshot_id_1: SnapshotId,
        snapshot_id_2: SnapshotId.nullish().describe('Default: the collection as it is now.'),
      }),
    reply: () =>
      z.object({
        files_added: z.array(z.string()),
        files_removed: z.array(z.string()),
        files_modified: z.array(z.string()),
        total_lines_added: z.int(),
        total_lines_removed: z.int(),
      }),
    ask: ({ body: { collection_name, snapshot_id_1: id, snapshot_id_2: other } }) => ({
      ...collectionIn(collection_name),
      id,
      ...(other != null && { other }),
    }),
    toReply: ({ filesAdded, filesRemoved, filesModified, linesAdded, linesRemoved }) => ({
      files_added: filesAdded,
      files_removed: filesRemoved,
      files_modified: filesModified,
      total_lines_added: linesAdded,
      total_lines_removed: linesRemoved,
    }),
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/versions/snapshots/:id',
    id: 'deleteSnapshot',
    tag: 'Snapshots',
    summary: 'Forgets a snapshot, and removes its archive.',
    rpc: 'snapshots.delete',
    status: 204,
    query: () => z.object({ collection_name: CollectionParam }),
    reply: null,
    ask: ({ path: { id = '' }, query: { collection_name } }) => ({ id, ...collectionIn(collection_name) }),
    toReply: () => null,
  }),
]
