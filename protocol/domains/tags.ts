/** Tags: words for artifacts, whose definitions are the same in all collections. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'

export const LabelText = z.string().trim().min(1).max(100)
const Slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
export const HexColor = z.string().regex(/^#[0-9A-Fa-f]{6}$/)
export const LabelDescription = z.string().max(1_000)
/** A tag as people name it: its name, in any letter case, or its slug. On artifacts the name counts before a slug. */
const TagRef = z.string().trim().min(1).max(100)
/** `type:name`, or a name that only one artifact of the collection has. */
export const ArtifactRef = z.string().min(1).max(600)
/** The active one when there is none. */
export const CollectionName = z.string().min(1).max(255).optional()

/** What a manifest holds of a tag (formats spec section 3, MP-1.1). */
export const TagDefinition = lazily(() =>
  z.object({
    name: LabelText,
    slug: Slug,
    /** Null: none. */
    color: HexColor.nullable(),
    description: LabelDescription,
  }),
)

const Tag = lazily(() =>
  TagDefinition().extend({
    /** Artifacts of all collections that have it. */
    artifactCount: z.int().nonnegative(),
    /** False: artifacts have it, and no manifest says more of it. */
    defined: z.boolean(),
  }),
)

/** Collections whose manifest could not be read or written, and why; the others are done. */
export const NotWritten = lazily(() => z.array(z.object({ collection: z.string(), reason: z.string() })))

const changed = { tag: Tag, notWritten: NotWritten }
const Changed = lazily(() => z.object({ tag: changed.tag(), notWritten: changed.notWritten() }))

export const tagMethods = {
  'tags.list': defineMethod({
    summary: 'All tags by name: those that manifests define, and those that artifacts have besides.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () => z.object({ items: z.array(Tag()), total: z.int().nonnegative() }),
    errors: [],
  }),
  'tags.create': defineMethod({
    summary: 'Defines a tag, in the manifest of every collection.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        name: LabelText,
        /** Made of the name when there is none. */
        slug: Slug.optional(),
        color: HexColor.nullable().default(null),
        description: LabelDescription.default(''),
      }),
    result: Changed,
    errors: ['tag.duplicate', 'tag.no_slug', 'collection.not_found'],
  }),
  'tags.update': defineMethod({
    summary: 'Changes a tag everywhere; artifacts that have it have the new name.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        tag: TagRef,
        name: LabelText.optional(),
        slug: Slug.optional(),
        color: HexColor.nullable().optional(),
        description: LabelDescription.optional(),
      }),
    result: Changed,
    errors: ['tag.not_found', 'tag.ambiguous', 'tag.duplicate', 'tag.no_slug'],
  }),
  'tags.delete': defineMethod({
    summary:
      'Forgets a tag everywhere, also on artifacts; what the manifests say now is in a snapshot first.',
    kind: 'command',
    since: 1,
    params: () => z.object({ tag: TagRef }),
    result: Changed,
    errors: ['tag.not_found', 'tag.ambiguous'],
  }),
  'tags.assign': defineMethod({
    summary: 'Adds tags to artifacts of a collection, or takes some away; unknown ones are defined.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        collection: CollectionName,
        artifacts: z.array(ArtifactRef).min(1).max(10_000),
        add: z.array(TagRef).max(100).default([]),
        remove: z.array(TagRef).max(100).default([]),
        /** Takes away all that `add` does not name. */
        exact: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        collection: z.string(),
        /** In the order of the manifest. */
        artifacts: z.array(z.object({ artifact: z.string(), tags: z.array(z.string()) })),
        /** Names of tags that were defined for it. */
        created: z.array(z.string()),
        notWritten: NotWritten(),
      }),
    errors: ['collection.not_found', 'label.unknown_artifact', 'label.ambiguous_artifact', 'tag.no_slug'],
  }),
}
