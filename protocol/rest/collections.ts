/** REST: collections, their tags and groups (formats spec section 25). */
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

const Tag = z.object({
  id: z.string().describe('The slug.'),
  name: z.string(),
  slug: z.string(),
  color: z.string().nullable(),
  description: z.string(),
  artifact_count: z.int(),
})

const tagOf = ({ name, slug, color, description, artifactCount }: TagResult): z.input<typeof Tag> => ({
  id: slug,
  name,
  slug,
  color,
  description,
  artifact_count: artifactCount,
})
type TagResult = {
  name: string
  slug: string
  color: string | null
  description: string
  artifactCount: number
}

const Group = z.object({
  id: z.string().describe('`collection:name`.'),
  collection_id: z.string(),
  name: z.string(),
  description: z.string(),
  color: z.string(),
  icon: z.string(),
  position: z.int(),
  artifact_count: z.int(),
})

const groupOf = (group: GroupResult): z.input<typeof Group> => ({
  id: `${group.collection}:${group.name}`,
  collection_id: group.collection,
  name: group.name,
  description: group.description,
  color: group.color,
  icon: group.icon,
  position: group.position,
  artifact_count: group.artifactCount,
})
type GroupResult = {
  collection: string
  name: string
  description: string
  color: string
  icon: string
  position: number
  artifactCount: number
}

/** A collection and a name; a bare name is one of the active collection. */
function groupNamed(id: string): { collection?: string; name: string } {
  const end = id.indexOf(':')
  return end > 0 ? { collection: id.slice(0, end), name: id.slice(end + 1) } : { name: id }
}

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

  defineRoute({
    method: 'GET',
    path: '/api/v1/tags',
    id: 'listTags',
    tag: 'Collections',
    summary: 'Tags by name.',
    rpc: 'tags.list',
    query: placePage,
    reply: () => placeList(Tag),
    ask: () => ({}),
    toReply: ({ items }, { query }) => pageOf(items.map(tagOf), query),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/tags/search',
    id: 'searchTags',
    tag: 'Collections',
    summary: 'Tags with a part of their name, in any letter case.',
    rpc: 'tags.list',
    query: () => placePage().extend({ q: z.string().min(1).max(100) }),
    reply: () => placeList(Tag),
    ask: () => ({}),
    toReply: ({ items }, { query }) =>
      pageOf(
        items.filter(({ name }) => name.toLowerCase().includes(query.q.toLowerCase())).map(tagOf),
        query,
      ),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/groups',
    id: 'listGroups',
    tag: 'Collections',
    summary: 'Groups in their order, of one collection or of all.',
    rpc: 'groups.list',
    query: () =>
      z.object({
        collection_id: z.string().min(1).max(255).optional(),
        search: z.string().max(200).optional().describe('Part of name or description.'),
        artifact_id: z.string().min(1).max(600).optional().describe('Only those with it: `type:name`.'),
      }),
    reply: () => z.object({ groups: z.array(Group), total: z.int() }),
    ask: ({ query: { collection_id, search, artifact_id } }) => ({
      ...(collection_id !== undefined && { collection: collection_id }),
      ...(search !== undefined && { search }),
      ...(artifact_id !== undefined && { artifact: artifact_id }),
    }),
    toReply: ({ items, total }) => ({ groups: items.map(groupOf), total }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/groups/:id',
    id: 'getGroup',
    tag: 'Collections',
    summary: 'A group with its artifacts in their order.',
    rpc: 'groups.show',
    reply: () =>
      Group.extend({
        artifacts: z.array(
          z.object({
            artifact_id: z.string().describe('As the manifest has it: `type:name`, or a bare name.'),
            artifact_uuid: z.string().nullable().describe('Id of what it means; null: nothing there.'),
            position: z.int(),
          }),
        ),
      }),
    ask: ({ path: { id = '' } }) => groupNamed(id),
    toReply: (group) => ({
      ...groupOf(group),
      artifacts: group.members.map(({ member, artifact, position }) => ({
        artifact_id: member,
        artifact_uuid: artifact?.id ?? null,
        position,
      })),
    }),
  }),
]
