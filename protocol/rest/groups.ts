/** REST: groups of collections (formats spec section 25). When one was made or changed is in no file, so it is not told. */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import { groupColors } from '../vocabulary.ts'
import { CollectionParam, collectionIn, defineRoute, placedAt, type RestRoute } from './route.ts'

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

type GroupResult = ResultOf<'groups.list'>['items'][number]

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

const Groups = z.object({ groups: z.array(Group), total: z.int() })
const groupsOf = ({ items, total }: ResultOf<'groups.list'>): z.input<typeof Groups> => ({
  groups: items.map(groupOf),
  total,
})

export const WholeGroup = Group.extend({
  artifacts: z.array(
    z.object({
      artifact_id: z.string().describe('As the manifest has it: `type:name`, or a bare name.'),
      artifact_uuid: z.string().nullable().describe('Id of what it means; null: nothing there.'),
      position: z.int(),
    }),
  ),
})

export const wholeGroupOf = (group: ResultOf<'groups.show'>): z.input<typeof WholeGroup> => ({
  ...groupOf(group),
  artifacts: group.members.map(({ member, artifact, position }) => ({
    artifact_id: member,
    artifact_uuid: artifact?.id ?? null,
    position,
  })),
})

/** A collection and a name; a bare name is one of the active collection. */
export function groupNamed(id: string): { collection?: string; name: string } {
  const end = id.indexOf(':')
  return end > 0 ? { collection: id.slice(0, end), name: id.slice(end + 1) } : { name: id }
}

export const Position = z.int().nonnegative().max(1_000_000)
export const ArtifactText = z.string().min(1).max(600)

const looks = {
  description: z.string().max(1_000).optional(),
  color: z
    .enum(groupColors)
    .or(z.string().regex(/^#[0-9A-Fa-f]{6}$/))
    .optional(),
  icon: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .optional(),
  position: Position.optional().describe('Its place among the groups of the collection.'),
}

type Looks = { [Key in keyof typeof looks]?: z.output<(typeof looks)[Key]> }
const looksIn = ({ description, color, icon, position }: Looks) => ({
  ...(description !== undefined && { description }),
  ...(color !== undefined && { color }),
  ...(icon !== undefined && { icon }),
  ...(position !== undefined && { position }),
})

const GroupName = z.string().trim().min(1).max(255)
export const groupRoutes: RestRoute[] = [
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
        artifact_id: ArtifactText.optional().describe('Only those with it: `type:name`.'),
      }),
    reply: () => Groups,
    ask: ({ query: { collection_id, search, artifact_id } }) => ({
      ...collectionIn(collection_id),
      ...(search !== undefined && { search }),
      ...(artifact_id !== undefined && { artifact: artifact_id }),
    }),
    toReply: groupsOf,
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/groups',
    id: 'createGroup',
    tag: 'Collections',
    summary: 'Makes a group in the manifest of a collection; groups have no tags there.',
    rpc: 'groups.create',
    status: 201,
    body: () => z.object({ collection_id: CollectionParam, name: GroupName, ...looks }),
    reply: () => Group,
    ask: ({ body }) => ({ ...collectionIn(body.collection_id), name: body.name, ...looksIn(body) }),
    toReply: groupOf,
  }),

  defineRoute({
    method: 'PUT',
    path: '/api/v1/groups/reorder',
    id: 'reorderGroups',
    tag: 'Collections',
    summary: 'Puts groups of one collection at these places among its groups.',
    rpc: 'groups.reorder',
    body: () =>
      z.object({
        groups: z
          .array(z.object({ id: z.string().min(1).max(600), position: Position }))
          .min(1)
          .max(10_000)
          .refine((groups) => new Set(groups.map(({ id }) => groupNamed(id).collection)).size === 1, {
            error: 'they are not all of one collection',
          }),
      }),
    reply: () => Groups,
    before: () => ({ 'groups.list': {}, 'collections.list': {} }),
    ask({ body: { groups } }, found) {
      const wanted = groups.map(({ id, position }) => ({ ...groupNamed(id), position }))
      const active = found['collections.list']?.items.find((each) => each.active)?.name
      const collection = wanted[0]?.collection ?? active
      const present = found['groups.list']?.items.filter((each) => each.collection === collection) ?? []
      const names = placedAt(
        present.map(({ name }) => name),
        wanted.map(({ name, position }) => ({ item: name, position })),
      )
      return { ...collectionIn(collection), names }
    },
    toReply: groupsOf,
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/groups/:id',
    id: 'getGroup',
    tag: 'Collections',
    summary: 'A group with its artifacts in their order.',
    rpc: 'groups.show',
    reply: () => WholeGroup,
    ask: ({ path: { id = '' } }) => groupNamed(id),
    toReply: wholeGroupOf,
  }),

  defineRoute({
    method: 'PUT',
    path: '/api/v1/groups/:id',
    id: 'updateGroup',
    tag: 'Collections',
    summary: 'Changes a group; what is left out stays as it is.',
    rpc: 'groups.update',
    body: () => z.object({ name: GroupName.optional(), ...looks }),
    reply: () => Group,
    ask: ({ path: { id = '' }, body }) => ({
      ...groupNamed(id),
      ...(body.name !== undefined && { newName: body.name }),
      ...looksIn(body),
    }),
    toReply: groupOf,
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/groups/:id',
    id: 'deleteGroup',
    tag: 'Collections',
    summary: 'Forgets a group, not its artifacts; a snapshot is taken first.',
    rpc: 'groups.delete',
    status: 204,
    reply: null,
    ask: ({ path: { id = '' } }) => groupNamed(id),
    toReply: () => null,
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/groups/:id/copy',
    id: 'copyGroup',
    tag: 'Collections',
    summary: 'Copies a group into another collection, or under another name.',
    rpc: 'groups.copy',
    status: 201,
    body: () =>
      z.object({
        target_collection_id: z.string().min(1).max(255).optional().describe('Default: the same one.'),
        name: GroupName.optional().describe('Default: the same one.'),
      }),
    reply: () => Group,
    ask: ({ path: { id = '' }, body: { target_collection_id: to, name: newName } }) => ({
      ...groupNamed(id),
      ...(to !== undefined && { to }),
      ...(newName !== undefined && { newName }),
    }),
    toReply: groupOf,
  }),
]
