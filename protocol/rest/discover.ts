/** REST: what projects have that no collection has yet (formats spec section 25). */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import {
  CollectionParam,
  collectionIn,
  defineRoute,
  ProjectParam,
  projectRefOf,
  type RestRoute,
} from './route.ts'

const Discovered = () =>
  z.object({
    discovered_count: z.int(),
    importable_count: z.int(),
    artifacts: z.array(
      z.object({
        type: z.string(),
        name: z.string(),
        source: z.string().nullable().describe('Who recorded where it came from; null when nobody did.'),
        path: z.string(),
        importable: z.boolean(),
        skip_reason: z.string().nullable().describe('Why not; null when it can be taken.'),
      }),
    ),
  })

const discoveredOf = ({ items }: ResultOf<'collections.adopt'>): z.input<ReturnType<typeof Discovered>> => ({
  discovered_count: items.length,
  importable_count: items.filter(({ action }) => action === 'adopt').length,
  artifacts: items.map(({ type, name, source, path, action, reason }) => ({
    type,
    name,
    source,
    path,
    importable: action === 'adopt',
    skip_reason: reason,
  })),
})

export const discoverRoutes: RestRoute[] = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/discover',
    id: 'discoverArtifacts',
    tag: 'Artifacts',
    summary: 'What the project at a path has that a collection could take; nothing is changed.',
    rpc: 'collections.adopt',
    body: () => z.object({ scan_path: ProjectParam }),
    reply: Discovered,
    ask: ({ body: { scan_path } }) => ({ project: projectRefOf(scan_path), dryRun: true }),
    toReply: discoveredOf,
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/discover/project/:id',
    id: 'discoverProjectArtifacts',
    tag: 'Artifacts',
    summary: 'What a project has that a collection could take; nothing is changed.',
    rpc: 'collections.adopt',
    reply: Discovered,
    ask: ({ path: { id = '' } }) => ({ project: projectRefOf(id), dryRun: true }),
    toReply: discoveredOf,
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/discover/import',
    id: 'importDiscovered',
    tag: 'Artifacts',
    summary:
      'Takes artifacts of one project into a collection, where they lie and as they are; what describes them is in their files.',
    rpc: 'collections.adopt',
    body: () =>
      z.object({
        project_path: ProjectParam,
        collection: CollectionParam,
        artifacts: z
          .array(z.object({ name: z.string().min(1).max(1_000) }))
          .min(1)
          .max(1_000)
          .describe('By the names that were discovered.'),
      }),
    reply: () =>
      z.object({
        total_requested: z.int(),
        total_imported: z.int(),
        total_skipped: z.int(),
        results: z.array(
          z.object({
            artifact_id: z.string().describe('`type:name`.'),
            path: z.string(),
            status: z.enum(['success', 'skipped']),
            skip_reason: z.string().nullable(),
          }),
        ),
        summary: z.string(),
        operation_ids: z.array(z.string()).describe('For `smd undo`, the newest first.'),
      }),
    ask: ({ body: { project_path, collection, artifacts } }) => ({
      ...collectionIn(collection),
      project: projectRefOf(project_path),
      artifacts: artifacts.map(({ name }) => name),
    }),
    toReply({ items, operations }) {
      const imported = items.filter(({ action }) => action === 'adopt').length
      return {
        total_requested: items.length,
        total_imported: imported,
        total_skipped: items.length - imported,
        results: items.map(({ type, name, path, action, reason }) => ({
          artifact_id: `${type}:${name}`,
          path,
          status: action === 'adopt' ? ('success' as const) : ('skipped' as const),
          skip_reason: reason,
        })),
        summary: `${imported} of ${items.length} were taken into the collection.`,
        operation_ids: operations,
      }
    },
  }),
]
