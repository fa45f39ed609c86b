/** REST: tags, and those of artifacts (formats spec section 25). */
import { z } from 'zod'
import { SmdError } from '../errors.ts'
import type { ResultOf } from '../methods.ts'
import { findTag, tagOfWord } from '../tag-names.ts'
import { heldIn, lookUpAny, lookUpErrors, whichCollection } from './held.ts'
import {
  collectionIn,
  defineRoute,
  pageOf,
  placeList,
  placePage,
  type RestRoute,
  type Results,
} from './route.ts'

const Tag = z.object({
  id: z.string().describe('The slug.'),
  name: z.string(),
  slug: z.string(),
  color: z.string().nullable(),
  description: z.string(),
  artifact_count: z.int(),
})

type TagResult = ResultOf<'tags.list'>['items'][number]

const tagOf = ({ name, slug, color, description, artifactCount }: TagResult): z.input<typeof Tag> => ({
  id: slug,
  name,
  slug,
  color,
  description,
  artifact_count: artifactCount,
})

/** Errors: `tag.not_found`, `tag.ambiguous`. */
function tagNamed(results: Results, text: string): TagResult {
  const found = findTag(results['tags.list']?.items ?? [], text)
  if (!found) throw new SmdError('tag.not_found', { tag: text })
  return found
}

/** Tags as an artifact has them; one that was written a moment ago has nothing but its name. */
const tagsNamed = (results: Results, names: readonly string[]): z.input<typeof Tag>[] =>
  names.map((name) =>
    tagOf(
      tagOfWord(results['tags.list']?.items ?? [], name) ?? {
        name,
        slug: name,
        color: null,
        description: '',
        artifactCount: 1,
        defined: false,
      },
    ),
  )

const TagName = z.string().trim().min(1).max(100)
const looks = {
  slug: z
    .string()
    .max(100)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .optional()
    .describe('Made of the name when there is none.'),
  color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/)
    .nullish(),
  description: z.string().max(1_000).optional(),
}

type Looks = { [Key in keyof typeof looks]?: z.output<(typeof looks)[Key]> }
const looksIn = ({ slug, color, description }: Looks) => ({
  ...(slug !== undefined && { slug }),
  ...(color !== undefined && { color }),
  ...(description !== undefined && { description }),
})

export const tagRoutes: RestRoute[] = [
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
    method: 'POST',
    path: '/api/v1/tags',
    id: 'createTag',
    tag: 'Collections',
    summary: 'Defines a tag, in the manifest of every collection.',
    rpc: 'tags.create',
    status: 201,
    body: () => z.object({ name: TagName, ...looks }),
    reply: () => Tag,
    ask: ({ body }) => ({ name: body.name, ...looksIn(body) }),
    toReply: ({ tag }) => tagOf(tag),
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
    path: '/api/v1/tags/slug/:slug',
    id: 'getTagBySlug',
    tag: 'Collections',
    summary: 'The tag with a slug.',
    rpc: 'tags.list',
    errors: ['tag.not_found'],
    reply: () => Tag,
    ask: () => ({}),
    toReply: ({ items }, { path: { slug: wanted = '' } }) => {
      const found = items.find(({ slug }) => slug === wanted)
      if (!found) throw new SmdError('tag.not_found', { tag: wanted })
      return tagOf(found)
    },
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/tags/:id',
    id: 'getTag',
    tag: 'Collections',
    summary: 'One tag, by its slug or its name.',
    rpc: 'tags.list',
    errors: ['tag.not_found', 'tag.ambiguous'],
    reply: () => Tag,
    ask: () => ({}),
    toReply: (list, { path: { id = '' } }) => tagOf(tagNamed({ 'tags.list': list }, id)),
  }),

  defineRoute({
    method: 'PUT',
    path: '/api/v1/tags/:id',
    id: 'updateTag',
    tag: 'Collections',
    summary: 'Changes a tag everywhere; what is left out stays as it is.',
    rpc: 'tags.update',
    body: () => z.object({ name: TagName.optional(), ...looks }),
    reply: () => Tag,
    ask: ({ path: { id = '' }, body }) => ({
      tag: id,
      ...(body.name !== undefined && { name: body.name }),
      ...looksIn(body),
    }),
    toReply: ({ tag }) => tagOf(tag),
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/tags/:id',
    id: 'deleteTag',
    tag: 'Collections',
    summary: 'Forgets a tag everywhere, also on artifacts; a snapshot is taken first.',
    rpc: 'tags.delete',
    status: 204,
    reply: null,
    ask: ({ path: { id = '' } }) => ({ tag: id }),
    toReply: () => null,
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id/tags',
    id: 'listArtifactTags',
    tag: 'Collections',
    summary: 'Tags of an artifact of a collection (`type:name`), or of any place (`art_…`).',
    rpc: 'tags.list',
    query: whichCollection,
    errors: lookUpErrors,
    reply: () => z.array(Tag),
    before: lookUpAny,
    ask: () => ({}),
    toReply: (list, which, { found }) => {
      const { tags } = found['artifacts.get'] ?? heldIn(found, which)
      return tagsNamed({ 'tags.list': list }, tags)
    },
  }),

  defineRoute({
    method: 'PUT',
    path: '/api/v1/artifacts/:id/tags',
    id: 'setArtifactTags',
    tag: 'Collections',
    summary: 'Gives an artifact of a collection these tags and no others; unknown ones are defined.',
    rpc: 'tags.assign',
    query: whichCollection,
    body: () => z.object({ tags: z.array(TagName).max(100) }),
    reply: () => z.array(Tag),
    ask: ({ path: { id = '' }, query: { collection }, body: { tags } }) => ({
      ...collectionIn(collection),
      artifacts: [id],
      add: tags,
      exact: true,
    }),
    beside: () => ({ 'tags.list': {} }),
    toReply: ({ artifacts }, _, { beside }) => tagsNamed(beside, artifacts[0]?.tags ?? []),
  }),

  defineRoute({
    method: 'POST',
    path: '/api/v1/artifacts/:id/tags/:tag',
    id: 'addArtifactTag',
    tag: 'Collections',
    summary: 'Adds a tag that there is to an artifact of a collection.',
    rpc: 'tags.assign',
    status: 201,
    query: whichCollection,
    errors: ['tag.not_found', 'tag.ambiguous'],
    reply: () => z.array(Tag).describe('All that it has now.'),
    before: () => ({ 'tags.list': {} }),
    ask: ({ path: { id = '', tag = '' }, query: { collection } }, found) => ({
      ...collectionIn(collection),
      artifacts: [id],
      add: [tagNamed(found, tag).name],
    }),
    beside: () => ({ 'tags.list': {} }),
    toReply: ({ artifacts }, _, { beside }) => tagsNamed(beside, artifacts[0]?.tags ?? []),
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/artifacts/:id/tags/:tag',
    id: 'removeArtifactTag',
    tag: 'Collections',
    summary: 'Takes a tag away from an artifact of a collection.',
    rpc: 'tags.assign',
    status: 204,
    query: whichCollection,
    errors: ['tag.not_found', 'tag.ambiguous'],
    reply: null,
    before: () => ({ 'tags.list': {} }),
    ask: ({ path: { id = '', tag = '' }, query: { collection } }, found) => ({
      ...collectionIn(collection),
      artifacts: [id],
      remove: [tagNamed(found, tag).name],
    }),
    toReply: () => null,
  }),
]
