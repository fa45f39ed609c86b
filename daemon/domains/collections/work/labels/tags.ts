/** Tags in the manifests of all collections (formats spec section 13, MP-2.4). */
import { SmdError } from '../../../../../protocol/errors.ts'
import { findTag, sameName, tagOfWord } from '../../../../../protocol/tag-names.ts'
import type { Row } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { mergeDefinitions, slugOf, type TagDefinition } from '../../tag-definitions.ts'
import { openCollection } from '../library/collection-folder.ts'
import { type ArtifactRow, editManifest, type ManifestTables } from '../library/manifest.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { keyOf, resolveArtifacts } from './artifact-refs.ts'
import {
  type KnownCollection,
  labelsIn,
  type NotWritten,
  readLibrary,
  reasonOf,
} from './library-manifests.ts'

export type TagsChanged = {
  tag: TagDefinition
  notWritten: NotWritten
  /** Of the collections that changed. */
  folders: string[]
}

/** Errors: `tag.duplicate`, `tag.no_slug`, `collection.not_found` where there is no collection to put it in. */
export function createTag(
  tools: WorkTools,
  { slug, ...tag }: Omit<TagDefinition, 'slug'> & { slug: string | null },
): Promise<TagsChanged> {
  return tools.exclusively(async () => {
    const library = await openLibrary(tools)
    if (library.collections.length === 0) await openCollection(tools, null)
    const made = { ...tag, slug: slug ?? newSlug(tag.name) }
    checkUnique(library.definitions, made)
    return { tag: made, ...(await writeDefinitions(tools, library, [...library.definitions, made])) }
  })
}

export type TagChange = {
  tag: string
  name?: string
  slug?: string
  color?: string | null
  description?: string
}

/** Errors: `tag.not_found`, `tag.ambiguous`, `tag.duplicate`. */
export function updateTag(tools: WorkTools, { tag, ...change }: TagChange): Promise<TagsChanged> {
  return tools.exclusively(async () => {
    const library = await openLibrary(tools)
    const old = tagIn(library, tag)
    const made = { ...old, ...change }
    const others = library.definitions.filter(({ slug }) => slug !== old.slug)
    // One that files made a double may have another colour all the same.
    if (made.name !== old.name || made.slug !== old.slug) checkUnique(others, made)
    const rename = (tags: string[]): string[] =>
      made.name === old.name
        ? tags
        : distinct(tags.map((each) => (isWordOf(library, old, each) ? made.name : each)))
    const written = await writeDefinitions(tools, library, [...others, made], {
      formerSlug: { [made.slug]: old.slug },
      tags: rename,
    })
    return { tag: made, ...written }
  })
}

/** Errors: `tag.not_found`, `tag.ambiguous`, those of taking a snapshot; nothing was changed then. */
export function deleteTag(tools: WorkTools, { tag }: { tag: string }): Promise<TagsChanged> {
  return tools.exclusively(async () => {
    const library = await openLibrary(tools)
    const old = tagIn(library, tag)
    for (const { name } of library.collections)
      await snapshotBefore(tools, name, `Delete the tag ${old.name}`, ['collection.toml'])
    const others = library.definitions.filter(({ slug }) => slug !== old.slug)
    const written = await writeDefinitions(tools, library, others, {
      tags: (tags) => tags.filter((each) => !isWordOf(library, old, each)),
    })
    return { tag: old, ...written }
  })
}

export type Assignment = {
  collection: string | null
  artifacts: string[]
  add: string[]
  remove: string[]
  /** Takes away all that `add` does not name. */
  exact: boolean
}

/** Errors: `collection.not_found`, `label.unknown_artifact`, `label.ambiguous_artifact`, `tag.no_slug`. */
export function assignTags(
  tools: WorkTools,
  { collection: wanted, artifacts, add, remove, exact }: Assignment,
) {
  return tools.exclusively(async () => {
    const { name: collection, folder } = await openCollection(tools, wanted)
    const library = await openLibrary(tools)
    const added: TagDefinition[] = []
    const names = add.map((text) => {
      const known = tagOfWord([...library.definitions, ...added], text)
      if (known) return known.name
      const made = { name: text, slug: newSlug(text), color: null, description: '' }
      // Two names may come to one slug.
      checkUnique([...library.definitions, ...added], made)
      added.push(made)
      return made.name
    })
    const gone = remove.map((text) => tagOfWord(library.definitions, text)?.name ?? text)
    let changed: Array<{ artifact: string; tags: string[] }> = []
    await editManifest(folder, tools.now, (tables) => {
      const keys = new Set(resolveArtifacts(collection, tables, artifacts))
      changed = []
      for (const row of tables.artifacts.filter((each) => keys.has(keyOf(each)))) {
        editTags(row, (tags) => tags.filter((tag) => !exact && !gone.some((each) => sameName(each, tag))))
        row.tags = distinct([...textsIn(row.tags), ...names])
        if (textsIn(row.tags).length === 0) delete row.tags
        changed.push({ artifact: keyOf(row), tags: distinct([...textsIn(row.tags), ...metadataTags(row)]) })
      }
    })
    const { notWritten, folders } =
      added.length > 0
        ? await writeDefinitions(tools, await openLibrary(tools), [...library.definitions, ...added])
        : { notWritten: [], folders: [] }
    return {
      collection,
      artifacts: changed,
      created: added.map(({ name }) => name),
      notWritten,
      folders: [...new Set([folder, ...folders])],
    }
  })
}

type Library = { collections: KnownCollection[]; definitions: TagDefinition[]; notWritten: NotWritten }

async function openLibrary(tools: WorkTools): Promise<Library> {
  const { collections, notWritten } = await readLibrary(tools)
  const definitions = mergeDefinitions(collections.map(({ manifest }) => labelsIn(manifest).tags))
  return { collections, definitions, notWritten }
}

/** A tag that is defined, or one that artifacts have without. Errors: `tag.not_found`, `tag.ambiguous`. */
function tagIn({ collections, definitions }: Library, text: string): TagDefinition {
  const words = collections.flatMap(({ manifest }) =>
    labelsIn(manifest).artifacts.flatMap(({ tags }) => tags),
  )
  const found =
    findTag(definitions, text) ??
    findTag(
      distinct(words).map((name) => ({ name, slug: slugOf(name), color: null, description: '' })),
      text,
    )
  if (!found) throw new SmdError('tag.not_found', { tag: text })
  return found
}

/** Whether an artifact's word stands for the tag, which may be one without a definition. */
function isWordOf({ definitions }: Library, tag: TagDefinition, word: string): boolean {
  const meant = tagOfWord(definitions, word) ?? tagOfWord([tag], word)
  return meant?.slug === tag.slug
}

/** No text may name two tags: neither a name nor a slug is what another one goes by. */
function checkUnique(others: readonly TagDefinition[], { name, slug }: TagDefinition): void {
  if (slug === '') throw new SmdError('tag.no_slug', { name })
  const isTaken = (tag: TagDefinition): boolean =>
    sameName(tag.name, name) || sameName(tag.slug, name) || tag.slug === slugOf(name)
  if (others.some(isTaken)) throw new SmdError('tag.duplicate', { what: 'name', value: name })
  if (others.some((tag) => tag.slug === slug || sameName(tag.name, slug)))
    throw new SmdError('tag.duplicate', { what: 'slug', value: slug })
}

function newSlug(name: string): string {
  const slug = slugOf(name)
  if (slug === '') throw new SmdError('tag.no_slug', { name })
  return slug
}

/** Puts all definitions into every manifest, by name, with what else stands in their rows; changes artifacts' tags with it. */
async function writeDefinitions(
  tools: WorkTools,
  { collections, notWritten: notRead }: Library,
  definitions: readonly TagDefinition[],
  {
    formerSlug = {},
    tags,
  }: { formerSlug?: Record<string, string>; tags?: (tags: string[]) => string[] } = {},
): Promise<{ notWritten: NotWritten; folders: string[] }> {
  const wanted = mergeDefinitions([definitions])
  const notWritten = [...notRead]
  const folders: string[] = []
  for (const { name: collection, folder } of collections) {
    try {
      const isChanged = await editManifest(folder, tools.now, (tables) => {
        tables.tag_definitions = definitionRows(tables, wanted, formerSlug)
        if (tags) for (const row of tables.artifacts) editTags(row, tags)
      })
      if (isChanged) folders.push(folder)
    } catch (error) {
      notWritten.push({ collection, reason: reasonOf(error) })
    }
  }
  return { notWritten, folders }
}

function definitionRows(
  { tag_definitions: rows }: ManifestTables,
  wanted: readonly TagDefinition[],
  formerSlug: Record<string, string>,
): Row[] {
  const bySlug = new Map(rows.map((row) => [row.slug, row]))
  // What is no definition is not ours to remove.
  const others = rows.filter(
    ({ slug, name }) => typeof slug !== 'string' || typeof name !== 'string' || slug === '',
  )
  return [
    ...wanted.map(({ slug, name, color, description }) => {
      const old = bySlug.get(formerSlug[slug] ?? slug) ?? {}
      return { ...old, name, slug, color: color ?? '', description }
    }),
    ...others,
  ]
}

/** Changes the tags of an artifact where they stand; old files have some in `metadata` (formats spec section 3). */
function editTags(row: ArtifactRow, change: (tags: string[]) => string[]): void {
  for (const table of [row, row.metadata]) {
    if (!isTable(table) || !Array.isArray(table.tags)) continue
    const tags = change(textsIn(table.tags))
    if (tags.length > 0) table.tags = tags
    else delete table.tags
  }
}

const metadataTags = ({ metadata }: ArtifactRow): string[] =>
  isTable(metadata) ? textsIn(metadata.tags) : []

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []

const distinct = (texts: readonly string[]): string[] =>
  texts.filter((text, at) => texts.findIndex((other) => sameName(other, text)) === at)
