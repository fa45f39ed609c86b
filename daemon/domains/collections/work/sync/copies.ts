/** What a project has from collections, with both copies as they are now. */
import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { Drift } from '../../../../../protocol/sync-words.ts'
import { isLeftOut } from '../../../cache/scan/index.ts'
import { isTooWide } from '../deploy/record-file.ts'
import { lockKey } from '../library/index.ts'
import type { MergeSide } from '../merge/index.ts'
import { type ObjectStore, readTree, type Tree } from '../objects/index.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { driftOf } from './drift.ts'
import { liesLeftBehind } from './left-behind.ts'
import { type CollectionPlaces, plain, readCollection } from './manifests.ts'
import { type Deployed, readDeployed } from './records.ts'
import { diskSide, isWhole, keptSide } from './sides.ts'

/** Where an artifact lies, and what. */
export type Copy = {
  /** Real path but for the last name. */
  path: string
  /** All that is there; null for nothing, and for a folder without a file of its own. */
  tree: Tree | null
  /** The same without what use leaves behind, which is what counts and goes elsewhere. */
  own: Tree | null
  /** It is a link: what it leads to is not its own. */
  isLink: boolean
}

/** All that a project has from collections. */
export type ProjectCopies = {
  /** By collection, type and name. */
  copies: DeployedCopy[]
  /** Why folders that may hold further records were passed over. */
  unreadable: SmdError[]
}

/** One deployed artifact. */
export type DeployedCopy = {
  record: Deployed
  /** Real path of the project. */
  project: string
  collection: CollectionPlaces | null
  /** Null when the record leads out of the project, or the manifest out of the collection. */
  inProject: Copy | null
  inCollection: Copy | null
  /** What was deployed, where it is still known. */
  base: MergeSide | null
  drift: Drift
  /** Why it cannot be told. */
  problem: string | null
}

/**
 * All deployed artifacts of a project, read now, by collection, type and name. What cannot be read is told and hides nothing
 * else. Errors: `sync.bad_records`, `sync.collection_unknown`, `object.unreadable`.
 */
export async function readCopies(
  tools: Pick<WorkTools, 'folders'>,
  store: ObjectStore,
  project: string,
  collection?: string,
): Promise<ProjectCopies> {
  const collections = new Map<string, CollectionPlaces | null | SmdError>()
  const collectionOf = async (name: string): Promise<CollectionPlaces | null | SmdError> => {
    let found = collections.get(name)
    if (found === undefined) {
      found = await readCollection(tools, name).catch((error: unknown) => {
        if (error instanceof SmdError) return error
        throw error
      })
      collections.set(name, found)
    }
    return found
  }
  if (collection !== undefined && (await collectionOf(collection)) === null)
    throw new SmdError('sync.collection_unknown', { collection })
  const copies: DeployedCopy[] = []
  const { deployed, unreadable } = await readDeployed(project)
  for (const record of deployed)
    if (collection === undefined || record.collection === collection)
      copies.push(await readCopy(store, project, record, await collectionOf(record.collection)))
  const sortKey = ({ record: r }: DeployedCopy): string =>
    [r.collection, r.type, r.name, r.profile].join('\0')
  return { copies: copies.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)), unreadable }
}

async function readCopy(
  store: ObjectStore,
  project: string,
  record: Deployed,
  collection: CollectionPlaces | null | SmdError,
): Promise<DeployedCopy> {
  const copy: DeployedCopy = {
    record,
    project,
    collection: null,
    inProject: null,
    inCollection: null,
    base: null,
    drift: 'unknown',
    problem: null,
  }
  try {
    if (collection instanceof SmdError) throw collection
    copy.collection = collection
    const { name, type, root, artifactPath, file } = record
    if (isTooWide({ path: artifactPath }, file))
      throw new SmdError('sync.too_wide', { path: join(project, root, artifactPath), name, file: file.file })
    copy.inProject = await copyAt(project, join(root, artifactPath))
    const path = collection?.paths.get(lockKey(name, type))
    if (path !== undefined && collection?.around.has(plain(path)))
      throw new SmdError('sync.too_wide', {
        path: join(collection.folder, path),
        name,
        file: collection.file,
      })
    if (collection && path !== undefined) copy.inCollection = await copyAt(collection.folder, path)
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    return { ...copy, problem: error.message }
  }
  const { inProject, inCollection } = copy
  const drift = driftOf({
    base: record.base,
    collection: inCollection?.own?.h1 ?? null,
    project: inProject?.own?.h1 ?? null,
  })
  return { ...copy, drift, base: await baseOf(record.base, inProject, inCollection, store) }
}

/** What was deployed: a copy that did not change since, or what was kept then, as long as it is whole. */
async function baseOf(
  h1: string,
  inProject: Copy | null,
  inCollection: Copy | null,
  store: ObjectStore,
): Promise<MergeSide | null> {
  const kept = await store.treeOfH1(h1)
  if (kept && (await isWhole(kept, store))) return keptSide(kept, store)
  for (const copy of [inCollection, inProject]) if (copy?.own?.h1 === h1) return diskSide(copy.own, copy.path)
  return null
}

/**
 * What lies at `path` below `folder`. Errors: `sync.outside` for a path that leaves it, also by links on the way;
 * `object.unreadable`.
 */
async function copyAt(folder: string, path: string): Promise<Copy> {
  const at = join(folder, path)
  if (!isInside(folder, at)) throw new SmdError('sync.outside', { path, folder })
  const parent = await realpath(dirname(at)).catch(unlessAbsentAt(dirname(at)))
  if (parent === null) return { path: at, ...nothing }
  const real = join(parent, basename(at))
  if (!isInside(folder, real)) throw new SmdError('sync.outside', { path, folder })
  return copyOf(real)
}

/** What lies at a path without links on the way to it. Errors: `object.unreadable`. */
export async function copyOf(real: string): Promise<Copy> {
  const stats = await lstat(real).catch(unlessAbsentAt(real))
  if (!stats) return { path: real, ...nothing }
  const isLink = stats.isSymbolicLink()
  if (isLink && (await realpath(real).catch(unlessAbsentAt(real))) === null)
    return { path: real, ...nothing, isLink }
  const tree = await readTree(real)
  const isClean = !tree.entries.some((entry) => liesLeftBehind(entry.path))
  const own = isClean ? tree : await readTree(real, { leaveOut: isLeftOut })
  return own.entries.length > 0 ? { path: real, tree, own, isLink } : { path: real, ...nothing, isLink }
}

const nothing = { tree: null, own: null, isLink: false } as const

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith('../') && !way.startsWith('..\\') && !isAbsolute(way)
}
