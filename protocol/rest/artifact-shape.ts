/** How the REST interface tells of an artifact. */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import { ArtifactId, ArtifactTypeName, MAX_PAGE, ProjectId } from '../primitives.ts'
import { nameOf } from './held.ts'
import { type Calls, iso, isoOrNull, type Results, Time } from './route.ts'

const Upstream = z.object({
  current_sha: z.string().nullable().describe('SHA-256 of what lies there.'),
  upstream_version: z.string().nullable(),
  update_available: z.boolean(),
  has_local_modifications: z.boolean(),
})

export const Artifact = z.object({
  id: z.string().describe('`type:name`.'),
  uuid: ArtifactId.describe('Of this one place.'),
  name: z.string(),
  type: ArtifactTypeName,
  source: z.string().nullable(),
  version: z.string().nullable(),
  tags: z.array(z.string()),
  upstream: Upstream,
  collections: z.array(z.string()).describe('The one it lies in; empty for one of a project or a user.'),
  project_id: ProjectId.nullable(),
  path: z.string(),
  scope: z.string(),
  description: z.string().nullable(),
  updated: Time,
})

type Item = Omit<ResultOf<'artifacts.list'>['items'][number], 'diagnostics'>

export const artifactOf = (artifact: Item, besides: Results): z.input<typeof Artifact> => ({
  id: `${artifact.type}:${nameOf(artifact)}`,
  uuid: artifact.id,
  name: artifact.name,
  type: artifact.type,
  source: artifact.source,
  version: artifact.deployedVersion,
  tags: artifact.tags,
  upstream: {
    current_sha: artifact.hash,
    upstream_version: artifact.upstreamVersion,
    update_available: artifact.isOutdated,
    has_local_modifications: artifact.localModified,
  },
  collections: (besides['collections.list']?.items ?? [])
    .filter(({ path }) => artifact.path.startsWith(path) && /[\\/]/.test(artifact.path[path.length] ?? ''))
    .map(({ name }) => name),
  project_id: artifact.project?.id ?? null,
  path: artifact.path,
  scope: artifact.scope,
  description: artifact.description,
  updated: iso(artifact.updatedAt),
})

const DeploymentStats = z
  .object({
    total_deployments: z.int(),
    modified_deployments: z.int(),
    projects: z.array(z.string()).describe('Paths; what is for all projects has none.'),
  })
  .nullable()
  .describe('Null for what lies in no collection.')

/** Of what was deployed from the collection it lies in. */
function statsOf([collection]: readonly string[], besides: Results): z.input<typeof DeploymentStats> {
  if (collection === undefined) return null
  const items = besides['deployments.list']?.items.filter((each) => each.collection === collection) ?? []
  const isEdited = (state: string): boolean => state === 'modified' || state === 'diverged'
  return {
    total_deployments: items.length,
    modified_deployments: items.filter(({ state }) => isEdited(state)).length,
    projects: [...new Set(items.flatMap(({ project }) => (project ? [project.path] : [])))],
  }
}

export const WholeArtifact = Artifact.extend({
  deployment_stats: DeploymentStats,
  aliases: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  upstream: Upstream.extend({
    tracking_enabled: z.boolean(),
    drift_status: z.string(),
    last_checked: Time.nullable(),
  }),
})

/** What else `wholeArtifactOf` has to know. */
export const besideWhole = ({ name, type }: { name: string; type: string }): Calls => ({
  'collections.list': {},
  'deployments.list': { name, type, limit: MAX_PAGE },
})

export function wholeArtifactOf(
  artifact: ResultOf<'artifacts.show'>,
  besides: Results,
): z.input<typeof WholeArtifact> {
  const { upstream, ...rest } = artifactOf(artifact, besides)
  return {
    ...rest,
    deployment_stats: statsOf(rest.collections, besides),
    aliases: artifact.aliases,
    metadata: artifact.metadata,
    upstream: {
      ...upstream,
      tracking_enabled: artifact.state !== 'untracked',
      drift_status: artifact.state,
      last_checked: isoOrNull(artifact.upstreamCheckedAt),
    },
  }
}
