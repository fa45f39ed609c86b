/** REST: artifacts, and those of collections (formats spec section 25). */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import { ArtifactId, ArtifactTypeName, Cursor, ProjectId } from '../primitives.ts'
import { heldIn, idIn, lookUp, lookUpAny, lookUpErrors, lookUpId, uuidIn, whichCollection } from './held.ts'
import {
  artifactTypeOf,
  CollectionParam,
  collectionIn,
  defineRoute,
  iso,
  isoOrNull,
  pageInfoOf,
  placeList,
  type RestRoute,
  type Results,
  Time,
  TypeParam,
} from './route.ts'

const Upstream = z.object({
  current_sha: z.string().nullable().describe('SHA-256 of what lies there.'),
  upstream_version: z.string().nullable(),
  update_available: z.boolean(),
  has_local_modifications: z.boolean(),
})

const Artifact = z.object({
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

const artifactOf = (artifact: Item, besides: Results): z.input<typeof Artifact> => ({
  id: `${artifact.type}:${artifact.name}`,
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

const WholeArtifact = Artifact.extend({
  aliases: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  upstream: Upstream.extend({
    tracking_enabled: z.boolean(),
    drift_status: z.string(),
    last_checked: Time.nullable(),
  }),
})

function wholeArtifactOf(
  artifact: ResultOf<'artifacts.show'>,
  besides: Results,
): z.input<typeof WholeArtifact> {
  const { upstream, ...rest } = artifactOf(artifact, besides)
  return {
    ...rest,
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

const AddedType = z.enum(['skill', 'command', 'agent', 'hook', 'mcp', 'mcp_server'])
type AddedType = Exclude<z.output<typeof AddedType>, 'mcp_server'>
const addedType = (type: z.output<typeof AddedType>): AddedType => (type === 'mcp_server' ? 'mcp' : type)

const isLocal = (source: string): boolean => /^(?:[\\/]|[A-Za-z]:[\\/])/.test(source)

export const artifactRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts',
    id: 'listArtifacts',
    tag: 'Artifacts',
    summary:
      'What all collections hold, by name. `/api/v1/cache/search` searches, and `/api/v1/deploy` tells of copies.',
    rpc: 'artifacts.list',
    isCached: true,
    query: () =>
      z.object({
        limit: z.int().min(1).max(100).default(20).describe('How many at most.'),
        after: Cursor.optional().describe('`end_cursor` of the page before.'),
        artifact_type: TypeParam.optional(),
        tags: z.string().min(1).max(200).optional().describe('Only those with this tag.'),
      }),
    reply: () => placeList(Artifact),
    ask: ({ query: { limit, after, artifact_type, tags } }) => {
      const type = artifactTypeOf(artifact_type)
      return {
        scope: 'collection' as const,
        limit,
        ...(after !== undefined && { cursor: after }),
        ...(type !== undefined && { type }),
        ...(tags !== undefined && { tag: tags }),
      }
    },
    beside: () => ({ 'collections.list': {} }),
    toReply: (page, { query: { after } }, { beside }) => ({
      items: page.items.map((artifact) => artifactOf(artifact, beside)),
      page_info: pageInfoOf(page, after),
    }),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts',
    id: 'addArtifact',
    tag: 'Artifacts',
    summary:
      'Copies an artifact into a collection. What describes it is in its files, so a description is not taken.',
    rpc: 'collections.add',
    status: 201,
    body: () =>
      z
        .object({
          source_type: z.enum(['github', 'local']),
          source: z
            .string()
            .min(1)
            .max(4096)
            .describe('`owner/repo/path@version`, an address, or an absolute path on this machine.'),
          artifact_type: AddedType.optional().describe('Default: as it looks.'),
          name: z.string().min(1).max(255).optional().describe('Default: as its source calls it.'),
          collection: CollectionParam,
          tags: z.array(z.string().min(1).max(100)).max(100).default([]),
        })
        .refine(({ source_type, source }) => (source_type === 'local') === isLocal(source), {
          error: 'a local source is an absolute path, and no other one is',
          path: ['source'],
        }),
    reply: () =>
      z.object({
        success: z.boolean(),
        artifact_id: z.string().describe('`type:name`.'),
        artifact_name: z.string(),
        artifact_type: z.string(),
        collection: z.string(),
        source: z.string().nullable(),
        source_type: z.string(),
        path: z.string(),
        message: z.string(),
        warnings: z.array(z.string()),
      }),
    ask: ({ body: { source, artifact_type, name, collection, tags } }) => ({
      spec: source,
      tags,
      ...collectionIn(collection),
      ...(artifact_type !== undefined && { type: addedType(artifact_type) }),
      ...(name !== undefined && { name }),
    }),
    toReply: ({ name, type, collection, path, upstream, warnings }, { body: { source_type } }) => ({
      success: true,
      artifact_id: `${type}:${name}`,
      artifact_name: name,
      artifact_type: type,
      collection,
      source: upstream,
      source_type,
      path,
      message: `${name} is in the collection ${collection} now.`,
      warnings,
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id',
    id: 'getArtifact',
    tag: 'Artifacts',
    summary:
      'One artifact of a collection (`type:name`), or of any place (`art_…`), and how it stands to its source.',
    rpc: 'artifacts.show',
    isCached: true,
    query: whichCollection,
    errors: lookUpErrors,
    reply: () => WholeArtifact,
    before: lookUpAny,
    ask: (which, found) => ({ name: idIn(found, which) }),
    beside: () => ({ 'collections.list': {} }),
    toReply: (artifact, _, { beside }) => wholeArtifactOf(artifact, beside),
  }),

  defineRoute({
    method: 'PUT',
    path: '/api/v1/artifacts/:id',
    id: 'updateArtifact',
    tag: 'Artifacts',
    summary: 'Gives an artifact of a collection these tags and no others; all else is as its files say.',
    rpc: 'tags.assign',
    query: whichCollection,
    errors: lookUpErrors,
    body: () => z.object({ tags: z.array(z.string().trim().min(1).max(100)).max(100) }),
    reply: () => WholeArtifact,
    before: lookUpId,
    ask: ({ body: { tags }, ...which }, found) => {
      const { type, name, collection } = heldIn(found, which)
      return { collection, artifacts: [`${type}:${name}`], add: tags, exact: true }
    },
    beside: (which, found) => ({
      'artifacts.show': { name: uuidIn(found, which) },
      'collections.list': {},
    }),
    toReply: (_, __, { beside }) =>
      wholeArtifactOf(beside['artifacts.show'] as ResultOf<'artifacts.show'>, beside),
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/artifacts/:id',
    id: 'removeArtifact',
    tag: 'Artifacts',
    summary: 'Takes an artifact out of a collection; copies in projects stay. A snapshot is taken first.',
    rpc: 'collections.remove',
    status: 204,
    query: whichCollection,
    errors: lookUpErrors,
    reply: null,
    before: lookUp,
    ask: (which, found) => {
      const { type, name, collection } = heldIn(found, which)
      return { collection, name, type: type as AddedType }
    },
    toReply: () => null,
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id/upstream',
    id: 'getArtifactUpstream',
    tag: 'Artifacts',
    summary: 'How an artifact stands to its source, as of the last check.',
    rpc: 'artifacts.show',
    isCached: true,
    query: whichCollection,
    errors: lookUpErrors,
    reply: () =>
      z.object({
        artifact_id: z.string(),
        tracking_enabled: z.boolean(),
        current_version: z.string().nullable(),
        current_sha: z.string().nullable(),
        upstream_version: z.string().nullable(),
        update_available: z.boolean(),
        has_local_modifications: z.boolean(),
        drift_status: z.string(),
        last_checked: Time.nullable(),
      }),
    before: lookUpAny,
    ask: (which, found) => ({ name: idIn(found, which) }),
    toReply(artifact) {
      const { id, version, upstream } = wholeArtifactOf(artifact, {})
      return { artifact_id: id, current_version: version, ...upstream }
    },
  }),
]
