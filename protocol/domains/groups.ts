/** Groups: artifacts of a collection that belong together, in an order of their own. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { ArtifactId, ArtifactTypeName } from '../primitives.ts'
import { groupColors } from '../vocabulary.ts'
import { ArtifactRef, CollectionName, HexColor, LabelDescription } from './tags.ts'

const GroupName = z.string().trim().min(1).max(255)
const GroupColor = lazily(() => z.union([z.enum(groupColors), HexColor]))
/** Name of an icon, e.g. `layers`. */
const GroupIcon = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
const Position = z.int().nonnegative().max(1_000_000)
const Refs = z.array(ArtifactRef).max(10_000)

/** What a manifest holds of a group (formats spec section 3, MP-1.2). */
export const GroupDefinition = lazily(() =>
  z.object({
    name: z.string(),
    description: z.string(),
    /** A word or `#rrggbb`; as the file has it. */
    color: z.string(),
    icon: z.string(),
    position: Position,
  }),
)

const Group = lazily(() =>
  GroupDefinition().extend({
    collection: z.string(),
    artifactCount: z.int().nonnegative(),
    /** Members that mean no artifact of the collection; they stay, and are found when it comes. */
    unresolvedCount: z.int().nonnegative(),
  }),
)

const WholeGroup = lazily(() =>
  Group().extend({
    members: z.array(
      z.object({
        /** As the file has it: `type:name`, or a bare name. */
        member: z.string(),
        position: Position,
        resolved: z.boolean(),
        /** What it means, as it lies in the collection; null: nothing there. */
        artifact: z.object({ id: ArtifactId, name: z.string(), type: ArtifactTypeName }).nullable(),
      }),
    ),
  }),
)

const which = { collection: CollectionName, name: GroupName }
const notThere = ['collection.not_found', 'group.not_found'] as const
const badMember = ['label.unknown_artifact', 'label.ambiguous_artifact'] as const

export const groupMethods = {
  'groups.list': defineMethod({
    summary: 'Groups in their order, of one collection or of all.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** Absent: all of them. */
        collection: z.string().min(1).max(255).optional(),
        /** Part of name or description, in any letter case. */
        search: z.string().max(200).optional(),
        /** Only those with this artifact. */
        artifact: ArtifactRef.optional(),
      }),
    result: () => z.object({ items: z.array(Group()), total: z.int().nonnegative() }),
    errors: [],
  }),
  'groups.show': defineMethod({
    summary: 'A group with its members in their order.',
    kind: 'query',
    since: 1,
    params: () => z.object(which),
    result: WholeGroup,
    errors: notThere,
  }),
  'groups.create': defineMethod({
    summary: 'Makes a group in the manifest of a collection.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        ...which,
        description: LabelDescription.default(''),
        color: GroupColor().default('slate'),
        icon: GroupIcon.default('layers'),
        /** Where it stands among the others; absent: behind them. */
        position: Position.optional(),
        members: Refs.default([]),
      }),
    result: WholeGroup,
    errors: ['collection.not_found', 'group.duplicate', ...badMember],
  }),
  'groups.update': defineMethod({
    summary: 'Changes what a group is called, looks like or where it stands.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        ...which,
        newName: GroupName.optional(),
        description: LabelDescription.optional(),
        color: GroupColor().optional(),
        icon: GroupIcon.optional(),
        position: Position.optional(),
      }),
    result: WholeGroup,
    errors: [...notThere, 'group.duplicate'],
  }),
  'groups.delete': defineMethod({
    summary: 'Forgets a group, not its artifacts; what the manifest says now is in a snapshot first.',
    kind: 'command',
    since: 1,
    params: () => z.object(which),
    result: WholeGroup,
    errors: notThere,
  }),
  'groups.copy': defineMethod({
    summary: 'Copies a group into another collection, or under another name.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        ...which,
        /** Absent: the same collection. */
        to: z.string().min(1).max(255).optional(),
        newName: GroupName.optional(),
      }),
    result: WholeGroup,
    errors: [...notThere, 'group.duplicate'],
  }),
  'groups.reorder': defineMethod({
    summary: 'Puts groups of a collection into this order, before those that are not named.',
    kind: 'command',
    since: 1,
    params: () => z.object({ collection: CollectionName, names: z.array(GroupName).min(1).max(10_000) }),
    result: () => z.object({ items: z.array(Group()), total: z.int().nonnegative() }),
    errors: notThere,
  }),
  'groups.assign': defineMethod({
    summary: 'Adds artifacts to a group, takes some out, or moves them from another group.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        ...which,
        add: Refs.default([]),
        /** Also members that mean no artifact. */
        remove: Refs.default([]),
        /** Where those that are added stand; absent: behind the others. */
        position: Position.optional(),
        /** A group that those which are added leave. */
        from: GroupName.optional(),
      }),
    result: WholeGroup,
    errors: [...notThere, ...badMember],
  }),
  'groups.order': defineMethod({
    summary: 'Puts members of a group into this order, before those that are not named.',
    kind: 'command',
    since: 1,
    params: () => z.object({ ...which, members: Refs.min(1) }),
    result: WholeGroup,
    errors: [...notThere, ...badMember],
  }),
}
