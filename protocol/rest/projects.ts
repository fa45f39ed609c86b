/** REST: projects and artifacts (formats spec section 25). */
import { z } from 'zod'
import { ArtifactId, ArtifactTypeName, Cursor, MAX_PAGE, ProjectId } from '../primitives.ts'
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
    method: 'GET',
    path: '/api/v1/artifacts/:id',
    id: 'getArtifact',
    tag: 'Artifacts',
    summary: 'One artifact, and how it stands to where it came from.',
    rpc: 'artifacts.show',
    isCached: true,
    reply: () =>
      z.object({
        id: ArtifactId,
        name: z.string(),
        type: ArtifactTypeName,
        source: z.string().nullable(),
        version: z.string().nullable(),
        aliases: z.array(z.string()),
        tags: z.array(z.string()),
        metadata: z.record(z.string(), z.unknown()),
        upstream: z.object({
          tracking_enabled: z.boolean(),
          current_sha: z.string().nullable(),
          upstream_version: z.string().nullable(),
          update_available: z.boolean(),
          has_local_modifications: z.boolean(),
          drift_status: z.string(),
          last_checked: Time.nullable(),
        }),
        project_id: ProjectId.nullable(),
        path: z.string(),
        scope: z.string(),
        description: z.string().nullable(),
        updated: Time,
      }),
    ask: ({ path: { id = '' } }) => ({ name: id }),
    toReply: (artifact) => ({
      id: artifact.id,
      name: artifact.name,
      type: artifact.type,
      source: artifact.source,
      version: artifact.deployedVersion,
      aliases: artifact.aliases,
      tags: artifact.tags,
      metadata: artifact.metadata,
      upstream: {
        tracking_enabled: artifact.state !== 'untracked',
        current_sha: artifact.hash,
        upstream_version: artifact.upstreamVersion,
        update_available: artifact.isOutdated,
        has_local_modifications: artifact.localModified,
        drift_status: artifact.state,
        last_checked: isoOrNull(artifact.upstreamCheckedAt),
      },
      project_id: artifact.project?.id ?? null,
      path: artifact.path,
      scope: artifact.scope,
      description: artifact.description,
      updated: iso(artifact.updatedAt),
    }),
  }),
]
