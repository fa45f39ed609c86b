import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { tagOfWord } from '../../../protocol/tag-names.ts'
import type { DaemonContext } from '../../context.ts'
import { doWork } from './do-work.ts'
import { given } from './given.ts'
import { countTags, selectDefinitions } from './labels-repo.ts'
import { byName, mergeDefinitions, slugOf } from './tag-definitions.ts'
import { touched } from './touched.ts'
import type { WorkResult } from './work/index.ts'

type Tag = ResultOf<'tags.list'>['items'][number]
type Named = Pick<Tag, 'name' | 'slug'>

/** All tags by name. */
export function listTags({ db }: Pick<DaemonContext, 'db'>): ResultOf<'tags.list'> {
  const counts = countTags(db)
  const definitions = mergeDefinitions(selectDefinitions(db))
  const items: Tag[] = definitions.map((tag) => ({
    ...tag,
    artifactCount: countOf(counts, definitions, tag),
    defined: true,
  }))
  for (const { tag: name, count } of counts) {
    if (tagOfWord(definitions, name)) continue
    // A tag of signs only has no slug; its name stands for it.
    const slug = slugOf(name) || name
    items.push({ name, slug, color: null, description: '', artifactCount: count, defined: false })
  }
  items.sort(byName)
  return { items, total: items.length }
}

/** How many artifacts have a tag, which need not be among the definitions. */
function countOf(counts: ReturnType<typeof countTags>, definitions: readonly Named[], wanted: Named): number {
  const known = definitions.some(({ slug }) => slug === wanted.slug) ? definitions : [...definitions, wanted]
  const own = counts.filter(({ tag }) => tagOfWord(known, tag)?.slug === wanted.slug)
  return own.reduce((sum, { count }) => sum + count, 0)
}

/** Defines a tag everywhere. Errors: those of `tags.create`. */
export async function createTag(
  ctx: DaemonContext,
  { slug, ...tag }: ParsedParamsOf<'tags.create'>,
): Promise<ResultOf<'tags.create'>> {
  return answer(ctx, await doWork(ctx, 'createTag', { ...tag, slug: slug ?? null }), true)
}

/** Errors: those of `tags.update`. */
export async function updateTag(
  ctx: DaemonContext,
  params: ParsedParamsOf<'tags.update'>,
): Promise<ResultOf<'tags.update'>> {
  return answer(ctx, await doWork(ctx, 'updateTag', given(params)), true)
}

/** Answers the tag as it was. Errors: those of `tags.delete`. */
export async function deleteTag(
  ctx: DaemonContext,
  { tag }: ParsedParamsOf<'tags.delete'>,
): Promise<ResultOf<'tags.delete'>> {
  const counts = countTags(ctx.db)
  const definitions = mergeDefinitions(selectDefinitions(ctx.db))
  const done = await doWork(ctx, 'deleteTag', { tag })
  const { notWritten } = await answer(ctx, done, false)
  return {
    tag: { ...done.tag, artifactCount: countOf(counts, definitions, done.tag), defined: false },
    notWritten,
  }
}

/** Errors: those of `tags.assign`. */
export async function assignTags(
  ctx: DaemonContext,
  { collection, ...params }: ParsedParamsOf<'tags.assign'>,
): Promise<ResultOf<'tags.assign'>> {
  const { folders, ...done } = await doWork(ctx, 'assignTags', { collection: collection ?? null, ...params })
  await touched(ctx, { paths: folders })
  return done
}

/** Every collection that changed is read again before the answer. */
async function answer(
  ctx: DaemonContext,
  { tag, notWritten, folders }: WorkResult<'createTag'>,
  defined: boolean,
): Promise<ResultOf<'tags.create'>> {
  await touched(ctx, { paths: folders })
  const definitions = mergeDefinitions(selectDefinitions(ctx.db))
  const artifactCount = countOf(countTags(ctx.db), definitions, tag)
  return { tag: { ...tag, artifactCount, defined }, notWritten }
}
