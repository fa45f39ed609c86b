/** Artifacts of collections, as paths of the REST interface name them: `type:name`. */
import { z } from 'zod'
import { SmdError } from '../errors.ts'
import type { ResultOf } from '../methods.ts'
import { type ArtifactType, artifactTypes } from '../vocabulary.ts'
import { type Calls, CollectionParam, type Results } from './route.ts'

type Held = ResultOf<'collections.show'>['artifacts'][number]

/** The collection in which `type:name` is looked for. */
export const whichCollection = () => z.object({ collection: CollectionParam })

/** What a path and its query say of an artifact. */
export type Which = {
  path: Readonly<Record<string, string>>
  query: { collection?: string | undefined }
}

/** Type and name; without a type that there is, the whole is a name. */
export function heldNamed(id: string): { name: string; type?: ArtifactType } {
  const [, word, name] = /^([a-z_-]+):(.+)$/s.exec(id) ?? []
  const type = artifactTypes.find((each) => each === (word === 'mcp_server' ? 'mcp' : word))
  return type && name !== undefined ? { name, type } : { name: id }
}

/** What a collection calls what lies at a path; an agent may call itself otherwise. */
const fileNameOf = (path: string): string =>
  (path.split(/[\\/]/).findLast(Boolean) ?? '').replace(/\.md$/i, '')

/** As paths name it: an artifact of a collection goes by its file, where the cache has what it calls itself. */
export const nameOf = ({ name, scope, path }: { name: string; scope: string; path: string }): string =>
  scope === 'collection' ? fileNameOf(path) : name

/** Asks what the files of the collection say of it, which `heldIn` finds. */
export const lookUp = ({ query: { collection: name } }: Which): Calls => ({
  'collections.show': name === undefined ? {} : { name },
})

/** Asks for its id in the cache, too, which `uuidIn` finds. */
export const lookUpId = ({ query: { collection: name } }: Which): Calls => ({
  'collections.show': { ...(name !== undefined && { name }), ids: true },
})

/** What `lookUp` and `lookUpId` may fail with, and finding it. */
export const lookUpErrors = [
  'collection.not_found',
  'collection.bad_manifest',
  'collection.artifact_not_found',
  'collection.ambiguous',
  'artifact.not_found',
] as const

/** Errors: `collection.artifact_not_found`, `collection.ambiguous`. */
export function heldIn(found: Results, { path: { id = '' } }: Which): Held & { collection: string } {
  const { name, type } = heldNamed(id)
  const { artifacts = [], name: collection = '' } = found['collections.show'] ?? {}
  const typed = artifacts.filter((each) => type === undefined || each.type === type)
  const named = typed.filter((each) => each.name === name)
  const matches = named.length > 0 ? named : typed.filter(({ path }) => fileNameOf(path) === name)
  const [first, second] = matches
  if (!first) throw new SmdError('collection.artifact_not_found', { collection, what: `artifact ${id}` })
  if (second)
    throw new SmdError('collection.ambiguous', { name, types: matches.map((each) => each.type).join(', ') })
  return { ...first, collection }
}

/** Its id in the cache. Errors: as `heldIn`; `artifact.not_found` when its files are not there. */
export function uuidIn(found: Results, which: Which): string {
  const { id, name } = heldIn(found, which)
  if (!id) throw new SmdError('artifact.not_found', { name })
  return id
}

const isOwnId = (id = ''): boolean => /^art_[0-9a-f]{16}$/.test(id)

/** For paths that also take `art_…`, which says itself where the artifact lies; `idIn` finds it. */
export const lookUpAny = (which: Which): Calls =>
  isOwnId(which.path.id) ? { 'artifacts.get': { id: which.path.id ?? '' } } : lookUpId(which)

/** What it is called, whichever way it was named. Errors: as `heldIn`. */
export const namedIn = (found: Results, which: Which): { name: string; type: string } => {
  const own = found['artifacts.get']
  if (own) return { name: nameOf(own), type: own.type }
  const { name, type } = heldIn(found, which)
  return { name, type }
}

/** Errors: as `uuidIn`. */
export const idIn = (found: Results, which: Which): string =>
  isOwnId(which.path.id) ? (which.path.id as string) : uuidIn(found, which)
