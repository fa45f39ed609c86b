/** REST: what goes from collections into projects (formats spec section 25). */
import { z } from 'zod'
import { deploymentWord } from '../artifact-states.ts'
import type { ResultOf } from '../methods.ts'
import { MAX_PAGE } from '../primitives.ts'
import { defineRoute, ProjectParam, projectRefOf, type RestRoute } from './route.ts'

const Deployment = z.object({
  artifact_name: z.string(),
  artifact_type: z.string(),
  from_collection: z.string().nullable(),
  deployed_at: z.string().nullable().describe('As recorded.'),
  artifact_path: z.string(),
  collection_sha: z.string().nullable().describe('SHA-256 of what was deployed.'),
  deployment_profile_id: z.string().nullable(),
  project_path: z.string().nullable().describe('Null for what is for all projects.'),
  sync_status: z
    .string()
    .describe('`synced`, `outdated`, `modified`, `conflict`, `missing`, `untracked` or `unknown`.'),
})

const deploymentOf = (
  item: ResultOf<'deployments.list'>['items'][number],
): z.input<typeof Deployment> & object => ({
  artifact_name: item.name,
  artifact_type: item.type,
  from_collection: item.collection,
  deployed_at: item.deployedAt,
  artifact_path: item.path,
  collection_sha: item.hash,
  deployment_profile_id: item.profile,
  project_path: item.project?.path ?? null,
  sync_status: deploymentWord(item.state),
})

const target = {
  artifact_name: z.string().min(1).max(255),
  artifact_type: z.string().min(1).max(30),
  project_path: ProjectParam,
}
export type Target = { artifact_name: string; artifact_type: string; project_path: string }

export const Done = z.object({
  success: z.boolean(),
  message: z.string(),
  error_message: z.string().nullable().describe('Why nothing was changed; null when it was.'),
  deployment_id: z.string().nullable().describe('For `smd undo`; null when nothing was changed.'),
  artifact_name: z.string(),
  artifact_type: z.string(),
  project_path: z.string(),
  deployed_path: z.string().nullable(),
  deployed_profiles: z.array(z.string()),
  platform: z.string().nullable(),
  profile_root_dir: z.string().nullable(),
})

/** What became of one artifact in one project. */
export function doneOf(
  result: ResultOf<'deployments.deploy'>,
  { artifact_name, artifact_type, project_path }: Target,
  words: { done: string; same: string },
): z.input<typeof Done> {
  const project = result.projects[0]
  const items = project?.items ?? []
  const first = items.find(({ name }) => name === artifact_name) ?? items[0]
  const success = project?.outcome === 'done'
  const blocked = items.find(({ reason }) => reason !== null)?.reason?.message
  const error = success
    ? null
    : (project?.problem ?? project?.failure?.reason ?? blocked ?? 'It is not done yet.')
  return {
    success,
    message: error ?? (result.operation === null ? words.same : words.done),
    error_message: error,
    deployment_id: result.operation,
    artifact_name,
    artifact_type,
    project_path: project?.path ?? project_path,
    deployed_path: first?.path ?? null,
    deployed_profiles: [...new Set(items.map(({ profile }) => profile))],
    platform: first?.platform ?? null,
    profile_root_dir: first?.profileRoot ?? null,
  }
}

export const deployedWords = { done: 'Deployed.', same: 'It is deployed already, as it is now.' }
export const takenWords = { done: 'Taken away.', same: 'It was not there any more.' }

const artifactsOf = ({ artifact_name, artifact_type }: Target) => [
  { name: artifact_name, type: artifact_type },
]

export const deploymentRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/deploy',
    id: 'listDeployments',
    tag: 'Deployments',
    summary: 'What was deployed, and how it stands to its collection.',
    rpc: 'deployments.list',
    query: () =>
      z.object({
        project_path: ProjectParam.optional(),
        profile_id: z.string().min(1).max(255).optional(),
      }),
    reply: () =>
      z.object({
        project_path: z.string().nullable().describe('As asked for.'),
        deployments: z.array(Deployment).describe(`At most ${MAX_PAGE}.`),
        deployments_by_profile: z.record(z.string(), z.array(Deployment)),
        total: z.int(),
      }),
    ask: ({ query: { project_path, profile_id } }) => ({
      ...(project_path !== undefined && { project: projectRefOf(project_path) }),
      ...(profile_id !== undefined && { profile: profile_id }),
      limit: MAX_PAGE,
    }),
    toReply: ({ items, total }, { query: { project_path } }) => {
      const deployments = items.map(deploymentOf)
      return {
        project_path: project_path ?? null,
        deployments,
        deployments_by_profile: Object.groupBy(
          deployments,
          ({ deployment_profile_id }) => deployment_profile_id ?? '',
        ) as Record<string, typeof deployments>,
        total,
      }
    },
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/deploy',
    id: 'deploy',
    tag: 'Deployments',
    summary: 'Deploys an artifact of a collection to a project, wholly or not at all.',
    rpc: 'deployments.deploy',
    body: () =>
      z.object({
        ...target,
        collection_name: z.string().min(1).max(255).optional().describe('Default: the active one.'),
        overwrite: z.boolean().default(false).describe('Also what was edited; it can be brought back.'),
        deployment_profile_id: z.string().min(1).max(255).optional(),
        all_profiles: z.boolean().default(false),
        dest_path: z.null().optional().describe('Only null: the profile says where it goes.'),
      }),
    reply: () => Done,
    ask: ({ body }) => ({
      artifacts: artifactsOf(body),
      projects: [projectRefOf(body.project_path)],
      ...(body.collection_name !== undefined && { collection: body.collection_name }),
      ...(body.deployment_profile_id !== undefined && { profiles: [body.deployment_profile_id] }),
      allProfiles: body.all_profiles,
      overwrite: body.overwrite,
    }),
    toReply: (result, { body }) => doneOf(result, body, deployedWords),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/deploy/undeploy',
    id: 'undeploy',
    tag: 'Deployments',
    summary: 'Takes a deployed artifact away from a project, with its record.',
    rpc: 'deployments.undeploy',
    body: () => z.object({ ...target, profile_id: z.string().min(1).max(255).optional() }),
    reply: () => Done,
    ask: ({ body }) => ({
      artifacts: artifactsOf(body),
      projects: [projectRefOf(body.project_path)],
      ...(body.profile_id !== undefined && { profiles: [body.profile_id] }),
    }),
    toReply: (result, { body }) => doneOf(result, body, takenWords),
  }),
]
