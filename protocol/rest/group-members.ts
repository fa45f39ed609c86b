/** REST: artifacts of groups (formats spec section 25). */
import { z } from 'zod'
import { SmdError } from '../errors.ts'
import { ArtifactText, groupNamed, Position, WholeGroup, wholeGroupOf } from './groups.ts'
import { defineRoute, placedAt, type RestRoute, type Results } from './route.ts'

/** A member as its group has it, by its text, its name or its id. Errors: `label.unknown_artifact`. */
function memberNamed(found: Results, text: string): string {
  const group = found['groups.show']
  const same = group?.members.find(
    ({ member, artifact }) =>
      member === text || artifact?.id === text || (artifact && `${artifact.type}:${artifact.name}` === text),
  )
  if (same) return same.member
  const collection = `${group?.collection}, group ${group?.name}`
  throw new SmdError('label.unknown_artifact', { collection, artifact: text })
}

const showIt = ({ path: { id = '' } }: { path: Readonly<Record<string, string>> }) => ({
  'groups.show': groupNamed(id),
})

export const groupMemberRoutes: RestRoute[] = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/groups/:id/artifacts',
    id: 'addGroupArtifacts',
    tag: 'Collections',
    summary: 'Adds artifacts to a group.',
    rpc: 'groups.assign',
    body: () =>
      z.object({
        artifact_ids: z.array(ArtifactText).min(1).max(10_000).describe('`type:name` of each.'),
        position: Position.optional().describe('Where the first of them stands; default: behind the others.'),
      }),
    reply: () => WholeGroup,
    ask: ({ path: { id = '' }, body: { artifact_ids, position } }) => ({
      ...groupNamed(id),
      add: artifact_ids,
      ...(position !== undefined && { position }),
    }),
    toReply: wholeGroupOf,
  }),

  defineRoute({
    method: 'PUT',
    path: '/api/v1/groups/:id/artifacts/:artifact',
    id: 'moveGroupArtifact',
    tag: 'Collections',
    summary: 'Moves an artifact of a group to another place in it.',
    rpc: 'groups.order',
    body: () => z.object({ position: Position }),
    reply: () => WholeGroup,
    before: showIt,
    ask: ({ path: { id = '', artifact = '' }, body: { position } }, found) => ({
      ...groupNamed(id),
      members: placedAt(found['groups.show']?.members.map(({ member }) => member) ?? [], [
        { item: memberNamed(found, artifact), position },
      ]),
    }),
    toReply: wholeGroupOf,
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/groups/:id/artifacts/:artifact',
    id: 'removeGroupArtifact',
    tag: 'Collections',
    summary: 'Takes an artifact out of a group; it stays in the collection.',
    rpc: 'groups.assign',
    status: 204,
    reply: null,
    before: showIt,
    ask: ({ path: { id = '', artifact = '' } }, found) => ({
      ...groupNamed(id),
      remove: [memberNamed(found, artifact)],
    }),
    toReply: () => null,
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/groups/:id/reorder-artifacts',
    id: 'reorderGroupArtifacts',
    tag: 'Collections',
    summary: 'Puts artifacts of a group at these places in it.',
    rpc: 'groups.order',
    body: () =>
      z.object({
        artifacts: z
          .array(
            z.object({
              artifact_uuid: ArtifactText.describe('Its id, or `type:name`.'),
              position: Position,
            }),
          )
          .min(1)
          .max(10_000),
      }),
    reply: () => WholeGroup,
    before: showIt,
    ask: ({ path: { id = '' }, body: { artifacts } }, found) => ({
      ...groupNamed(id),
      members: placedAt(
        found['groups.show']?.members.map(({ member }) => member) ?? [],
        artifacts.map(({ artifact_uuid, position }) => ({
          item: memberNamed(found, artifact_uuid),
          position,
        })),
      ),
    }),
    toReply: wholeGroupOf,
  }),
]
