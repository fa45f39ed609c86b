/** REST: projects (formats spec section 25). */
import { z } from 'zod'
import { AbsolutePath, ArtifactId, ArtifactTypeName, Cursor, MAX_PAGE, ProjectId } from '../primitives.ts'
import {
  defineRoute,
  iso,
  isoOrNull,
  PageInfo,
  pageInfoOf,
  projectRefOf,
  type RestRoute,
  Time,
} from './route.ts'

const CacheInfo = z.object({
  cache_hit: z.boolean(),
  last_fetched: Time.nullable(),
  is_stale: z.boolean(),
})

const ProjectSummary = z.object({
  id: ProjectId,
  path: z.string(),
  name: z.string(),
  deployment_count: z.int().describe('Artifacts that lie in it.'),
  last_deployment: Time.nullable().describe('Newest change of one of them.'),
  cache_info: CacheInfo,
})

type Project = {
  id: string
  path: string
  name: string
  artifactCount: number
  updatedAt: number | null
  lastFetchedAt: number | null
  status: string
}

const summaryOf = (project: Project, isHit: boolean): z.input<typeof ProjectSummary> => ({
  id: project.id,
  path: project.path,
  name: project.name,
  deployment_count: project.artifactCount,
  last_deployment: isoOrNull(project.updatedAt),
  cache_info: {
    cache_hit: isHit,
    last_fetched: isoOrNull(project.lastFetchedAt),
    is_stale: project.status !== 'active',
  },
})

export const projectRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/projects',
    id: 'listProjects',
    tag: 'Projects',
    summary: 'Projects by name.',
    rpc: 'projects.list',
    isCached: true,
    query: () =>
      z.object({
        limit: z.int().min(1).max(100).default(20).describe('How many at most.'),
        after: Cursor.optional().describe('`end_cursor` of the page before.'),
      }),
    reply: () =>
      z.object({
        items: z.array(ProjectSummary),
        page_info: PageInfo,
        last_fetched: Time.nullable().describe('When the disk was last read as a whole.'),
      }),
    ask: ({ query: { limit, after } }) => ({ limit, ...(after !== undefined && { cursor: after }) }),
    toReply: (page, { query: { after } }, { isHit, lastRefreshAt }) => ({
      items: page.items.map((project) => summaryOf(project, isHit)),
      page_info: pageInfoOf(page, after),
      last_fetched: isoOrNull(lastRefreshAt),
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/projects/:id',
    id: 'getProject',
    tag: 'Projects',
    summary: 'One project with the artifacts that lie in it.',
    rpc: 'projects.show',
    isCached: true,
    reply: () =>
      ProjectSummary.extend({
        status: z.string(),
        error_message: z.string().nullable(),
        deployments: z.array(
          z.object({
            id: ArtifactId,
            artifact_name: z.string(),
            artifact_type: ArtifactTypeName,
            from_collection: z.string().nullable(),
            deployed_at: Time.describe('When one of its files last changed.'),
            artifact_path: z.string(),
            version: z.string().nullable(),
            collection_sha: z.string().nullable().describe('SHA-256 of what lies there now.'),
            local_modifications: z.boolean(),
            is_outdated: z.boolean(),
            source: z.string().nullable(),
          }),
        ),
        stats: z.object({
          by_type: z.record(z.string(), z.int()),
          modified_count: z.int(),
          outdated_count: z.int(),
        }),
      }),
    ask: ({ path: { id = '' } }) => ({ project: projectRefOf(id) }),
    beside: ({ path: { id = '' } }) => ({ 'artifacts.list': { project: projectRefOf(id), limit: MAX_PAGE } }),
    toReply: (project, _, { isHit, beside }) => ({
      ...summaryOf(project, isHit),
      status: project.status,
      error_message: project.errorMessage,
      deployments: (beside['artifacts.list']?.items ?? []).map((artifact) => ({
        id: artifact.id,
        artifact_name: artifact.name,
        artifact_type: artifact.type,
        from_collection: /^collection:([^/]+)/.exec(artifact.source ?? '')?.[1] ?? null,
        deployed_at: iso(artifact.updatedAt),
        artifact_path: artifact.path,
        version: artifact.deployedVersion,
        collection_sha: artifact.hash,
        local_modifications: artifact.localModified,
        is_outdated: artifact.isOutdated,
        source: artifact.source,
      })),
      stats: {
        by_type: project.countsByType,
        modified_count: project.modifiedCount,
        outdated_count: project.outdatedCount,
      },
    }),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/projects',
    id: 'addProject',
    tag: 'Projects',
    summary:
      'Makes a folder a known project. It is called as its folder, so neither name nor description is taken.',
    rpc: 'projects.add',
    status: 201,
    body: () => z.object({ path: AbsolutePath }),
    reply: () => ProjectSummary.extend({ added: z.boolean().describe('False: it was known already.') }),
    ask: ({ body: { path } }) => ({ path }),
    toReply: ({ project, added }) => ({ ...summaryOf(project, false), added }),
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/projects/:id',
    id: 'removeProject',
    tag: 'Projects',
    summary: 'Forgets a project. No file of it is touched.',
    rpc: 'projects.remove',
    query: () => z.object({ delete_files: z.literal(false).default(false).describe('Only false.') }),
    reply: () => z.object({ success: z.boolean(), message: z.string(), deleted_files: z.boolean() }),
    ask: ({ path: { id = '' } }) => ({ project: projectRefOf(id) }),
    toReply: ({ path }) => ({
      success: true,
      message: `${path} is no known project any more; its files are as they were.`,
      deleted_files: false,
    }),
  }),
]
