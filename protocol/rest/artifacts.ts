/** REST: artifacts, and those of collections (formats spec section 25). */
import { z } from 'zod'
import { SmdError } from '../errors.ts'
import type { ResultOf } from '../methods.ts'
import { Cursor } from '../primitives.ts'
import { Artifact, artifactOf, besideWhole, WholeArtifact, wholeArtifactOf } from './artifact-shape.ts'
import {
  heldIn,
  idIn,
  lookUp,
  lookUpAny,
  lookUpErrors,
  lookUpId,
  namedIn,
  uuidIn,
  whichCollection,
} from './held.ts'
import {
  artifactTypeOf,
  CollectionParam,
  collectionIn,
  defineRoute,
  pageInfoOf,
  placeList,
  type RestRoute,
  Time,
  TypeParam,
} from './route.ts'

const AddedType = z.enum(['skill', 'command', 'agent', 'hook', 'mcp', 'mcp_server'])
type AddedType = Exclude<z.output<typeof AddedType>, 'mcp_server'>
const addedType = (type: z.output<typeof AddedType>): AddedType => (type === 'mcp_server' ? 'mcp' : type)

const isLocal = (source: string): boolean => /^(?:[\\/]|[A-Za-z]:[\\/])/.test(source)

const listQuery = () =>
  z.object({
    limit: z.int().min(1).max(100).default(20).describe('How many at most.'),
    after: Cursor.optional().describe('`end_cursor` of the page before.'),
    artifact_type: TypeParam.optional(),
    tags: z.string().min(1).max(200).optional().describe('Only those with this tag.'),
    search: z.string().min(1).max(500).optional().describe('Words, as of `/api/v1/cache/search`.'),
  })

function filterOf({ artifact_type, tags }: z.output<ReturnType<typeof listQuery>>) {
  const type = artifactTypeOf(artifact_type)
  return {
    scope: 'collection' as const,
    ...(type !== undefined && { type }),
    ...(tags !== undefined && { tag: tags }),
  }
}

/** How many a search leaves out. Errors: `page.bad_cursor`. */
function placeOf(after = '0'): number {
  const place = /^\d{1,4}$/.test(after) ? Number(after) : Number.NaN
  if (Number.isNaN(place)) throw new SmdError('page.bad_cursor')
  return place
}

const searchRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/artifacts',
  id: 'searchArtifacts',
  tag: 'Artifacts',
  summary: 'What of all collections a search finds, best first.',
  rpc: 'artifacts.search',
  isCached: true,
  errors: ['page.bad_cursor'],
  query: listQuery,
  reply: () => placeList(Artifact),
  ask: ({ query }) => ({
    query: query.search ?? '',
    limit: query.limit,
    offset: placeOf(query.after),
    ...filterOf(query),
  }),
  beside: () => ({ 'collections.list': {} }),
  toReply({ items, total }, { query: { after } }, { beside }) {
    const end = placeOf(after) + items.length
    // Nobody looks further than where pages end.
    const nextCursor = items.length > 0 && end < Math.min(total, 10_000) ? `${end}` : null
    return {
      items: items.map((artifact) => artifactOf(artifact, beside)),
      page_info: pageInfoOf({ total, nextCursor }, after),
    }
  },
})

export const artifactRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts',
    id: 'listArtifacts',
    tag: 'Artifacts',
    summary:
      'What all collections hold, by name, or what of it a search finds, best first. `/api/v1/deploy` tells of copies.',
    rpc: 'artifacts.list',
    isCached: true,
    query: listQuery,
    reply: () => placeList(Artifact),
    instead: { when: ({ query }) => query.search !== undefined, route: searchRoute },
    ask: ({ query }) => ({
      limit: query.limit,
      ...filterOf(query),
      ...(query.after !== undefined && { cursor: query.after }),
    }),
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
    beside: (which, found) => besideWhole(namedIn(found, which)),
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
      ...besideWhole(namedIn(found, which)),
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
