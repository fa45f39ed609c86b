/** REST: collections (formats spec section 25). */
import { z } from 'zod'
import { defineRoute, pageOf, placeList, placePage, type RestRoute } from './route.ts'

const FileTime = z.string().nullable().describe('As the manifest says.')

const Collection = z.object({
  id: z.string().describe('Its name.'),
  name: z.string(),
  path: z.string(),
  active: z.boolean(),
  artifact_count: z.int(),
  created: FileTime,
  updated: FileTime,
})

const collectionOf = (
  { name, path, active, created, updated }: Omit<z.output<typeof Collection>, 'id' | 'artifact_count'>,
  count: number,
): z.input<typeof Collection> => ({ id: name, name, path, active, artifact_count: count, created, updated })

export const collectionRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/collections',
    id: 'listCollections',
    tag: 'Collections',
    summary: 'Collections by name.',
    rpc: 'collections.list',
    query: placePage,
    reply: () => placeList(Collection),
    ask: () => ({}),
    toReply: ({ items }, { query }) =>
      pageOf(
        items.map((each) => collectionOf(each, each.artifactCount)),
        query,
      ),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/collections/:id',
    id: 'getCollection',
    tag: 'Collections',
    summary: 'One collection.',
    rpc: 'collections.show',
    reply: () => Collection,
    ask: ({ path: { id = '' } }) => ({ name: id }),
    toReply: (shown) => collectionOf(shown, shown.artifacts.length),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/collections/:id/artifacts',
    id: 'listCollectionArtifacts',
    tag: 'Collections',
    summary: 'What a collection holds, in the order of its manifest.',
    rpc: 'collections.show',
    query: () => placePage().extend({ artifact_type: z.string().max(30).optional() }),
    reply: () =>
      placeList(
        z.object({
          id: z.string().describe('`type:name`.'),
          name: z.string(),
          type: z.string(),
          version: z.string().nullable(),
          source: z.string().nullable(),
          origin: z.string(),
          tags: z.array(z.string()),
          title: z.string().nullable(),
          description: z.string().nullable(),
        }),
      ),
    ask: ({ path: { id = '' } }) => ({ name: id }),
    toReply: ({ artifacts }, { query }) =>
      pageOf(
        artifacts
          .filter(({ type }) => query.artifact_type === undefined || type === query.artifact_type)
          .map(({ name, type, version, upstream, origin, tags, title, description }) => ({
            id: `${type}:${name}`,
            name,
            type,
            version,
            source: upstream,
            origin,
            tags,
            title,
            description,
          })),
        query,
      ),
  }),
]
