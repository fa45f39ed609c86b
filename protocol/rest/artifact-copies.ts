/** REST: artifacts of collections and their copies in projects (formats spec section 25). */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import { Done, deployedWords, doneOf, type Target, takenWords } from './deployments.ts'
import { heldIn, lookUp, lookUpErrors, type Which, whichCollection } from './held.ts'
import {
  collectionIn,
  defineRoute,
  ProjectParam,
  projectRefOf,
  type RestRoute,
  type Results,
} from './route.ts'

const Deploy = () =>
  z
    .object({
      project_path: ProjectParam,
      overwrite: z
        .boolean()
        .default(false)
        .describe('Also what was edited; it can be brought back. Not with `merge`.'),
      strategy: z
        .enum(['overwrite', 'merge'])
        .default('overwrite')
        .describe(
          '`merge`: what is deployed already becomes what the collection holds, with what was edited.',
        ),
      deployment_profile_id: z.string().min(1).max(255).optional().describe('Not with `merge`.'),
      all_profiles: z
        .boolean()
        .default(false)
        .describe('Not with `merge`, which goes to each that has a copy.'),
    })
    .superRefine(({ strategy, ...rest }, { addIssue }) => {
      if (strategy !== 'merge') return
      for (const path of ['overwrite', 'deployment_profile_id', 'all_profiles'] as const)
        if (rest[path]) addIssue({ code: 'custom', path: [path], message: 'merging does not take it' })
    })

const FileAction = z.object({
  file_path: z.string(),
  action: z.enum(['copied', 'skipped', 'preserved', 'conflict']),
  detail: z.string().nullable(),
})

const Deployed = () =>
  Done.extend({
    strategy: z.string(),
    merge_details: z
      .object({
        files_copied: z.int(),
        files_skipped: z.int(),
        files_preserved: z.int(),
        conflicts: z.int(),
        file_actions: z.array(FileAction),
      })
      .nullable()
      .describe('Null unless it was merged.'),
  })

type SyncItem = ResultOf<'sync.push'>['items'][number]
type SyncedFile = SyncItem['files'][number]

function fileActionOf({ path, isOpen, change, status, conflict }: SyncedFile): z.input<typeof FileAction> {
  if (isOpen) return { file_path: path, action: 'conflict', detail: conflict }
  if (change !== 'none') return { file_path: path, action: 'copied', detail: change }
  return { file_path: path, action: status === 'local' ? 'preserved' : 'skipped', detail: null }
}

/** Which artifact of which collection a path names. */
const wanted = (found: Results, which: Which) => {
  const { type, name, collection } = heldIn(found, which)
  return { collection, artifact: { name, type }, ref: `${type}:${name}` }
}

const targetOf = (found: Results, which: Which, project_path: string): Target => {
  const { artifact } = wanted(found, which)
  return { artifact_name: artifact.name, artifact_type: artifact.type, project_path }
}

/** What is wrong with those that were not done; null when all were. */
const problemOf = (items: ReadonlyArray<Pick<SyncItem, 'action' | 'reason'>>): string | null => {
  const bad = items.find(({ action }) => action === 'failed' || action === 'conflict')
  if (!bad) return null
  return bad.reason ?? 'It was changed on both sides; nothing was overwritten.'
}

const mergeRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/artifacts/:id/deploy',
  id: 'mergeArtifact',
  tag: 'Artifacts',
  summary: 'Merges what a collection holds into what is deployed.',
  rpc: 'sync.push',
  query: whichCollection,
  errors: lookUpErrors,
  body: Deploy,
  reply: Deployed,
  before: lookUp,
  ask({ body: { project_path }, ...which }, found) {
    const { collection, ref } = wanted(found, which)
    return { collection, artifacts: [ref], projects: [projectRefOf(project_path)], strategy: 'merge' }
  },
  toReply({ items, operations }, { body: { project_path }, ...which }, { found }) {
    const [item] = items
    const error = problemOf(items)
    const actions = items.flatMap(({ files }) => files.map(fileActionOf))
    const count = (wantedAction: string) => actions.filter(({ action }) => action === wantedAction).length
    return {
      success: error === null,
      message: error ?? (operations.length > 0 ? 'Merged.' : deployedWords.same),
      error_message: error,
      deployment_id: operations[0] ?? null,
      ...targetOf(found, which, item?.project ?? project_path),
      deployed_path: null,
      deployed_profiles: [...new Set(items.map(({ profile }) => profile))],
      platform: null,
      profile_root_dir: null,
      strategy: 'merge',
      merge_details: {
        files_copied: count('copied'),
        files_skipped: count('skipped'),
        files_preserved: count('preserved'),
        conflicts: count('conflict'),
        file_actions: actions,
      },
    }
  },
})

const Sync = () =>
  z.object({
    project_path: ProjectParam.nullish().describe(
      'Its copy goes to the collection; without, the source does.',
    ),
    force: z.boolean().default(false).describe('What was edited in the collection is replaced, not merged.'),
    strategy: z
      .enum(['theirs', 'ours', 'manual'])
      .default('theirs')
      .describe('Of lines that both changed: theirs come in, ours stay, or nothing is changed.'),
  })

const Synced = () =>
  z.object({
    success: z.boolean(),
    message: z.string(),
    conflicts: z.array(z.object({ file_path: z.string(), conflict_type: z.string() })),
    updated_version: z.string().nullable(),
    synced_files_count: z.int(),
    operation_ids: z.array(z.string()).describe('For `smd undo`; empty when nothing was changed.'),
  })

const rules = { theirs: 'theirs', ours: 'ours', manual: 'stop' } as const

type AnyItem = Pick<SyncItem, 'action' | 'reason' | 'files'>

function syncedOf(
  { items, operations }: { items: readonly AnyItem[]; operations: string[] },
  version: string | null,
): z.input<ReturnType<typeof Synced>> {
  const error = problemOf(items)
  const files = items.flatMap((item) => item.files)
  return {
    success: error === null,
    message: error ?? (operations.length > 0 ? 'It is in step now.' : 'It was in step already.'),
    conflicts: files
      .filter(({ isOpen }) => isOpen)
      .map(({ path, conflict }) => ({ file_path: path, conflict_type: conflict ?? 'content' })),
    updated_version: error === null ? version : null,
    synced_files_count: operations.length > 0 ? files.filter(({ change }) => change !== 'none').length : 0,
    operation_ids: operations,
  }
}

const updateRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/artifacts/:id/sync',
  id: 'updateArtifactFromSource',
  tag: 'Artifacts',
  summary: 'Brings an artifact of a collection up to what its source holds.',
  rpc: 'collections.update',
  query: whichCollection,
  errors: lookUpErrors,
  body: Sync,
  reply: Synced,
  before: lookUp,
  ask({ body: { force, strategy }, ...which }, found) {
    const { collection, ref } = wanted(found, which)
    return {
      collection,
      artifacts: [ref],
      strategy: force ? ('upstream' as const) : ('merge' as const),
      conflicts: rules[strategy],
    }
  },
  toReply: (result) => syncedOf(result, result.items[0]?.to?.version ?? null),
})

export const artifactCopyRoutes: RestRoute[] = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/:id/deploy',
    id: 'deployArtifact',
    tag: 'Artifacts',
    summary: 'Deploys an artifact of a collection to a project, wholly or not at all.',
    rpc: 'deployments.deploy',
    query: whichCollection,
    errors: lookUpErrors,
    body: Deploy,
    reply: Deployed,
    instead: { when: ({ body }) => body.strategy === 'merge', route: mergeRoute },
    before: lookUp,
    ask({ body, ...which }, found) {
      const { collection, artifact } = wanted(found, which)
      return {
        collection,
        artifacts: [artifact],
        projects: [projectRefOf(body.project_path)],
        ...(body.deployment_profile_id !== undefined && { profiles: [body.deployment_profile_id] }),
        allProfiles: body.all_profiles,
        overwrite: body.overwrite,
      }
    },
    toReply: (result, { body: { project_path }, ...which }, { found }) => ({
      ...doneOf(result, targetOf(found, which, project_path), deployedWords),
      strategy: 'overwrite',
      merge_details: null,
    }),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/:id/undeploy',
    id: 'undeployArtifact',
    tag: 'Artifacts',
    summary: 'Takes the copy of an artifact of a collection away from a project, with its record.',
    rpc: 'deployments.undeploy',
    query: whichCollection,
    errors: lookUpErrors,
    body: () => z.object({ project_path: ProjectParam }),
    reply: () => Done,
    before: lookUp,
    ask({ body: { project_path }, ...which }, found) {
      const { collection, artifact } = wanted(found, which)
      return { ...collectionIn(collection), artifacts: [artifact], projects: [projectRefOf(project_path)] }
    },
    toReply: (result, { body: { project_path }, ...which }, { found }) =>
      doneOf(result, targetOf(found, which, project_path), takenWords),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/:id/sync',
    id: 'syncArtifact',
    tag: 'Artifacts',
    summary: 'Brings an artifact of a collection in step with its copy in a project, or with its source.',
    rpc: 'sync.pull',
    query: whichCollection,
    errors: lookUpErrors,
    body: Sync,
    reply: Synced,
    instead: { when: ({ body }) => body.project_path == null, route: updateRoute },
    before: lookUp,
    ask({ body: { project_path, force, strategy }, ...which }, found) {
      const { collection, ref } = wanted(found, which)
      return {
        collection,
        artifacts: [ref],
        project: projectRefOf(project_path ?? ''),
        strategy: force ? ('overwrite' as const) : ('merge' as const),
        conflicts: rules[strategy],
      }
    },
    toReply: (result, which, { found }) => syncedOf(result, heldIn(found, which).version),
  }),
]
