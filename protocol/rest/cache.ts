/** REST: the cache (formats spec sections 24 and 25). */
import { z } from 'zod'
import { ArtifactId, ArtifactTypeName, ProjectId, ProjectStatusName } from '../primitives.ts'
import {
  artifactTypeOf,
  defineRoute,
  iso,
  isoOrNull,
  offsetList,
  offsetPage,
  ProjectParam,
  projectRefOf,
  type RestRoute,
  Time,
  TypeParam,
} from './route.ts'

const SortOrder = z.enum(['asc', 'desc']).default('asc')

/** What a project is called in filters of a method. */
const projectOf = ({ project_id }: { project_id?: string | undefined }) =>
  project_id === undefined ? {} : { project: projectRefOf(project_id) }

const typeOf = ({ type }: { type?: TypeParam | undefined }) => {
  const own = artifactTypeOf(type)
  return own === undefined ? {} : { type: own }
}

export const cacheRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/cache/status',
    id: 'getCacheStatus',
    tag: 'Cache',
    summary: 'Age, size, hit rate and counts of the cache, and how its refresh stands.',
    rpc: 'cache.status',
    reply: () =>
      z.object({
        total_projects: z.int(),
        total_artifacts: z.int(),
        stale_projects: z.int(),
        failed_projects: z.int(),
        outdated_artifacts: z.int(),
        modified_artifacts: z.int(),
        artifacts_by_type: z.record(z.string(), z.int()),
        cache_size_bytes: z.int(),
        oldest_entry: Time.nullable(),
        newest_entry: Time.nullable(),
        last_refresh: Time.nullable(),
        cache_age_seconds: z.number().nullable().describe('Since the oldest scan.'),
        hit_rate: z.number().nullable().describe('0 to 1; null before the first read.'),
        hits: z.int(),
        misses: z.int(),
        ttl_minutes: z.number(),
        refresh_job_status: z.object({
          is_running: z.boolean(),
          next_run_time: Time.nullable(),
          last_run_time: Time.nullable(),
        }),
      }),
    ask: () => ({}),
    beside: () => ({ 'jobs.list': {} }),
    toReply(status, _, { beside }) {
      const job = beside['jobs.list']?.items.find(({ name }) => name === 'refresh')
      return {
        total_projects: status.projects,
        total_artifacts: status.artifacts,
        stale_projects: status.staleProjects,
        failed_projects: status.failedProjects,
        outdated_artifacts: status.outdatedArtifacts,
        modified_artifacts: status.modifiedArtifacts,
        artifacts_by_type: status.countsByType,
        cache_size_bytes: status.sizeBytes,
        oldest_entry: isoOrNull(status.oldestFetchedAt),
        newest_entry: isoOrNull(status.newestFetchedAt),
        last_refresh: isoOrNull(status.lastRefreshAt),
        cache_age_seconds: status.ageMs === null ? null : status.ageMs / 1_000,
        hit_rate: status.hitRate,
        hits: status.hits,
        misses: status.misses,
        ttl_minutes: status.ttlMs / 60_000,
        refresh_job_status: {
          is_running: status.refresh !== null,
          next_run_time: isoOrNull(job?.nextAt),
          last_run_time: isoOrNull(job?.lastRun?.startedAt ?? status.lastRefreshAt),
        },
      }
    },
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/cache/projects',
    id: 'listCachedProjects',
    tag: 'Cache',
    summary: 'Cached projects by name.',
    rpc: 'projects.list',
    isCached: true,
    query: () => offsetPage().extend({ status: ProjectStatusName.optional() }),
    reply: () =>
      offsetList(
        z.object({
          id: ProjectId,
          name: z.string(),
          path: z.string(),
          status: ProjectStatusName,
          last_fetched: Time.nullable(),
          artifact_count: z.int(),
          outdated_count: z.int(),
          modified_count: z.int(),
          error_message: z.string().nullable(),
        }),
      ),
    ask: ({ query: { skip, limit, status } }) => ({ offset: skip, limit, ...(status && { status }) }),
    toReply: ({ items, total }, { query: { skip, limit } }) => ({
      items: items.map((project) => ({
        id: project.id,
        name: project.name,
        path: project.path,
        status: project.status,
        last_fetched: isoOrNull(project.lastFetchedAt),
        artifact_count: project.artifactCount,
        outdated_count: project.outdatedCount,
        modified_count: project.modifiedCount,
        error_message: project.errorMessage,
      })),
      total,
      skip,
      limit,
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/cache/artifacts',
    id: 'listCachedArtifacts',
    tag: 'Cache',
    summary: 'Cached artifacts by name, of one project or of all.',
    rpc: 'artifacts.table',
    isCached: true,
    query: () =>
      offsetPage().extend({
        project_id: ProjectParam.optional(),
        type: TypeParam.optional(),
        is_outdated: z.boolean().optional(),
      }),
    reply: () =>
      offsetList(
        z.object({
          id: ArtifactId,
          name: z.string(),
          type: ArtifactTypeName,
          project_id: ProjectId.nullable(),
          deployed_version: z.string().nullable(),
          upstream_version: z.string().nullable(),
          is_outdated: z.boolean(),
          local_modified: z.boolean(),
          scope: z.string(),
          source: z.string().nullable(),
          updated_at: Time,
        }),
      ),
    ask: ({ query }) => ({
      offset: query.skip,
      limit: query.limit,
      ...projectOf(query),
      ...typeOf(query),
      ...(query.is_outdated !== undefined && { outdated: query.is_outdated }),
    }),
    toReply({ columns, rows, total }, { query: { skip, limit } }) {
      const at = Object.fromEntries(columns.map((name, i) => [name, i])) as Record<string, number>
      const of = <Value>(row: readonly unknown[], name: (typeof columns)[number]): Value =>
        row[at[name] as number] as Value
      return {
        items: rows.map((row) => ({
          id: of<string>(row, 'id'),
          name: of<string>(row, 'name'),
          type: of<z.output<typeof ArtifactTypeName>>(row, 'type'),
          project_id: of<string | null>(row, 'projectId'),
          deployed_version: of<string | null>(row, 'deployedVersion'),
          upstream_version: of<string | null>(row, 'upstreamVersion'),
          is_outdated: of<number>(row, 'isOutdated') === 1,
          local_modified: of<number>(row, 'localModified') === 1,
          scope: of<string>(row, 'scope'),
          source: of<string | null>(row, 'source'),
          updated_at: iso(of<number>(row, 'updatedAt')),
        })),
        total,
        skip,
        limit,
      }
    },
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/cache/stale-artifacts',
    id: 'listStaleArtifacts',
    tag: 'Cache',
    summary: 'Artifacts that have something newer upstream, as of the last check.',
    rpc: 'artifacts.outdated',
    isCached: true,
    query: () =>
      offsetPage().extend({
        type: TypeParam.optional(),
        project_id: ProjectParam.optional(),
        sort_by: z.enum(['name', 'type', 'project', 'version_diff']).default('name'),
        sort_order: SortOrder,
      }),
    reply: () =>
      offsetList(
        z.object({
          id: ArtifactId,
          name: z.string(),
          type: ArtifactTypeName,
          project_name: z.string().nullable(),
          project_id: ProjectId.nullable(),
          deployed_version: z.string().nullable(),
          upstream_version: z.string().nullable(),
          version_difference: z.string().nullable(),
          state: z.string().describe('`outdated`, or `diverged` when it was also changed here.'),
          checked_at: Time.nullable(),
        }),
      ),
    ask: ({ query }) => ({
      offset: query.skip,
      limit: query.limit,
      sort: query.sort_by === 'version_diff' ? ('difference' as const) : query.sort_by,
      descending: query.sort_order === 'desc',
      ...projectOf(query),
      ...typeOf(query),
    }),
    toReply: ({ items, total }, { query: { skip, limit } }) => ({
      items: items.map((artifact) => ({
        id: artifact.id,
        name: artifact.name,
        type: artifact.type,
        project_name: artifact.project?.name ?? null,
        project_id: artifact.project?.id ?? null,
        deployed_version: artifact.deployedVersion,
        upstream_version: artifact.upstreamVersion,
        version_difference: artifact.difference,
        state: artifact.state,
        checked_at: isoOrNull(artifact.checkedAt),
      })),
      total,
      skip,
      limit,
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/cache/search',
    id: 'searchCache',
    tag: 'Cache',
    summary: 'Search names, titles, descriptions, tags and sources.',
    rpc: 'artifacts.search',
    isCached: true,
    query: () =>
      offsetPage(50, 200).extend({
        skip: z.int().min(0).max(10_000).default(0).describe('How many to leave out.'),
        query: z.string().min(1).max(500).describe('Words; beginnings of words and misspelt words count.'),
        project_id: ProjectParam.optional(),
        type: TypeParam.optional(),
        sort_by: z.enum(['relevance', 'name', 'type', 'updated']).default('relevance'),
      }),
    reply: () =>
      offsetList(
        z.object({
          id: ArtifactId,
          name: z.string(),
          type: ArtifactTypeName,
          project_id: ProjectId.nullable(),
          project_name: z.string().nullable(),
          score: z.number().describe('100 for the name itself, 80 for its beginning, 60 for a part of it.'),
          description: z.string().nullable(),
        }),
      ).extend({
        query: z.string(),
        corrected_query: z.string().nullable().describe('What was searched instead, when nothing matched.'),
      }),
    ask: ({ query }) => ({
      query: query.query,
      offset: query.skip,
      limit: query.limit,
      sort: query.sort_by,
      ...projectOf(query),
      ...typeOf(query),
    }),
    toReply: ({ items, total, correctedQuery }, { query: { query, skip, limit } }) => ({
      items: items.map((artifact) => ({
        id: artifact.id,
        name: artifact.name,
        type: artifact.type,
        project_id: artifact.project?.id ?? null,
        project_name: artifact.project?.name ?? null,
        score: artifact.score,
        description: artifact.description,
      })),
      total,
      skip,
      limit,
      query,
      corrected_query: correctedQuery,
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/cache/marketplace',
    id: 'listCachedMarketplaces',
    tag: 'Cache',
    summary: 'Marketplaces registered on this machine, with what their catalogues hold.',
    rpc: 'marketplace.list',
    isCached: true,
    query: () => offsetPage().extend({ type: z.string().min(1).max(100).optional() }),
    reply: () =>
      offsetList(
        z.object({
          id: z.string(),
          name: z.string(),
          type: z.string(),
          url: z.string().nullable(),
          description: z.string().nullable(),
          cached_at: Time,
          data: z.record(z.string(), z.unknown()),
        }),
      ),
    ask: ({ query: { skip, limit, type } }) => ({
      offset: skip,
      limit,
      data: true,
      ...(type !== undefined && { type }),
    }),
    toReply: ({ items, total }, { query: { skip, limit } }) => ({
      items: items.map(({ id, name, type, url, description, cachedAt, data = {} }) => ({
        id,
        name,
        type,
        url,
        description,
        cached_at: iso(cachedAt),
        data,
      })),
      total,
      skip,
      limit,
    }),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/cache/refresh',
    id: 'refreshCache',
    tag: 'Cache',
    summary:
      'Read the disk again: one project, or all. Without `force` only what is older than the time to live.',
    rpc: 'cache.refresh',
    body: () => z.object({ project_id: ProjectParam.nullish(), force: z.boolean().default(false) }),
    reply: () =>
      z.object({
        success: z.boolean(),
        projects_refreshed: z.int(),
        changes_detected: z.int(),
        errors: z.array(z.string()),
        duration_seconds: z.number(),
        message: z.string(),
      }),
    ask: ({ body: { project_id, force } }) => ({
      force,
      ...(project_id != null && { project: projectRefOf(project_id) }),
    }),
    toReply({ result }) {
      if (!result) {
        const nothing = { projects_refreshed: 0, changes_detected: 0, errors: [], duration_seconds: 0 }
        return { success: true, ...nothing, message: 'Everything is fresh.' }
      }
      const { success, projectsRefreshed, changesDetected, errors, durationMs } = result
      const failed = errors.length === 0 ? '' : ` ${errors.length} failed.`
      return {
        success,
        projects_refreshed: projectsRefreshed,
        changes_detected: changesDetected,
        errors: errors.map(({ path, message }) => `${path}: ${message}`),
        duration_seconds: durationMs / 1_000,
        message: `Read ${projectsRefreshed} ${projectsRefreshed === 1 ? 'project' : 'projects'}, found ${changesDetected} ${changesDetected === 1 ? 'change' : 'changes'}.${failed}`,
      }
    },
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/cache/invalidate',
    id: 'invalidateCache',
    tag: 'Cache',
    summary: 'Mark one project, or all, as stale; their rows are served until the next refresh.',
    rpc: 'cache.invalidate',
    body: () => z.object({ project_id: ProjectParam.nullish() }),
    reply: () => z.object({ success: z.boolean(), invalidated_count: z.int(), message: z.string() }),
    ask: ({ body: { project_id } }) => (project_id == null ? {} : { project: projectRefOf(project_id) }),
    toReply: ({ invalidatedCount }) => ({
      success: true,
      invalidated_count: invalidatedCount,
      message: `${invalidatedCount} ${invalidatedCount === 1 ? 'project is' : 'projects are'} stale now.`,
    }),
  }),
]
