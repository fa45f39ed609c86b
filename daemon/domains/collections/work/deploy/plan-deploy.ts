import { realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { stemOf } from '../library/names.ts'
import type { ObjectStore, Tree } from '../objects/index.ts'
import { type Content, contentOf, isSame, unlessAbsent } from '../operations/index.ts'
import { Destinations, foldersUpTo } from './destination.ts'
import { fileChanges, type PlannedItem, type PlannedProject, ProjectPlan, type Target } from './plan.ts'
import type { Profile } from './profiles.ts'
import { type DeploymentRecord, isTooWide, type RecordFile, readRecordFile } from './record-file.ts'
import { holdsHistory, type Seen, seeAt, withLeft } from './seen.ts'
import type { Source } from './sources.ts'

export type DeployOptions = {
  /** Replaces what was edited or is not ours; what was there is kept. */
  overwrite: boolean
  /** Links to the collection instead of copies. */
  link: boolean
  /** Keeps what shall be put in place; null for a plan alone. */
  store: ObjectStore | null
  /** Unix ms. */
  now: number
}

/** A profile with its folder for this target. */
export type PlacedProfile = { profile: Profile; root: string }

/**
 * What a deployment would do in one project. Errors: those of reading its records.
 * Source: formats spec sections 7, 8 and 12.
 */
export async function planDeploy(
  target: Target,
  profiles: readonly PlacedProfile[],
  sources: readonly Source[],
  options: DeployOptions,
): Promise<PlannedProject> {
  const plan = new ProjectPlan(target)
  let folder = target.path
  for (const { profile, root } of profiles) {
    const place = await placeOf(target, root)
    folder = place.staging
    const records = await readRecordFile(place.root)
    const at = { plan, profile, records, place, destinations: new Destinations(place.base), options }
    for (const source of sources) await planOne(source, at)
  }
  return plan.finish(folder)
}

/** Where a profile's folder really lies, and what nothing may leave. */
type Place = {
  /** Folder with the records; real where it exists. */
  root: string
  base: string
  /** From the base to the root. */
  prefix: string
  /** Folder on the same file system for what is made ready. */
  staging: string
}

/**
 * In a project nothing leaves the project. What is for all projects lies below its own folder, wherever a link in the home
 * folder leads.
 */
export async function placeOf({ path, isHome }: Target, root: string): Promise<Place> {
  const real = (await realpath(root).catch(unlessAbsent)) ?? root
  if (isHome) return { root: real, base: real, prefix: '', staging: dirname(real) }
  return { root: real, base: path, prefix: relative(path, root).replaceAll(sep, '/'), staging: path }
}

type At = {
  plan: ProjectPlan
  profile: Profile
  records: RecordFile
  place: Place
  destinations: Destinations
  options: DeployOptions
}

async function planOne(source: Source, at: At): Promise<void> {
  const { plan, profile, records, place, destinations } = at
  const container = profile.types.includes(source.type)
    ? (profile.containers[source.type] ?? (source.type === 'skill' ? 'skills' : null))
    : null
  const item: PlannedItem = {
    name: source.name,
    type: source.type,
    collection: source.collection,
    profile: profile.id,
    platform: profile.platform,
    profileRoot: profile.root,
    path: join(place.root, container ?? '', source.fileName),
    action: 'skip',
    reason: 'no_place',
    files: [],
  }
  if (container === null) return plan.add(item)
  if (source.problem !== null || source.tree === null)
    return plan.add({ ...item, action: 'conflict', reason: source.problem ?? 'no_files' })

  const record = findRecord(records, source, profile)
  const relPath = keepsPlace(record, source, records) ? record.path : `${container}/${source.fileName}`
  const destination = await destinations.find(`${place.prefix}/${relPath}`)
  item.path = destination.path
  if (destination.problem) return plan.add({ ...item, action: 'conflict', reason: destination.problem })
  if (plan.hasPlace(item.path)) return plan.add({ ...item, action: 'conflict', reason: 'same_place' })
  await judge({ source, tree: source.tree, item, record, relPath }, at)
}

export function findRecord(
  { records }: RecordFile,
  { name, type }: Pick<Source, 'name' | 'type'>,
  { id }: Pick<Profile, 'id'>,
): DeploymentRecord | null {
  const found = records.filter(
    (record) => stemOf(record.name) === stemOf(name) && record.type === type && record.profile === id,
  )
  return found.at(-1) ?? null
}

/** What was deployed elsewhere in the profile's folder stays there, unless a file became a folder or the other way round. */
function keepsPlace(
  record: DeploymentRecord | null,
  source: Source,
  records: RecordFile,
): record is DeploymentRecord {
  if (
    !record ||
    isTooWide(record, records) ||
    record.path.split('/').includes('..') ||
    record.path.startsWith('/')
  )
    return false
  const wasFile = /\.(md|json|toml|ya?ml|txt|sh|js|py)$/i.test(record.path)
  return wasFile === (source.tree?.isFile ?? false)
}

type Wanted = {
  source: Source
  tree: Tree
  item: PlannedItem
  record: DeploymentRecord | null
  relPath: string
}

async function judge({ source, tree, item, record, relPath }: Wanted, at: At): Promise<void> {
  const { plan, options } = at
  const want: Content = options.link ? { link: source.path } : contentOf(tree)
  const seen = await seeAt(item.path).catch(unlessFailed)
  if (seen === 'unreadable') return plan.add({ ...item, action: 'conflict', reason: 'unreadable' })
  const { content: now } = seen

  // Beside a link, or a file, nothing could stay.
  const wouldGo = seen.left.length > 0 && (options.link || tree.isFile)
  const isOurs = wouldGo && now !== null ? 'edited' : ownership(now, record, source)
  const decided = decide(now, want, record, isOurs, options.overwrite)
  if (decided.action === 'conflict') return plan.add({ ...item, ...decided })
  const old = record && record.path !== relPath ? await removeOld(record, item, at) : true
  if (!old) return
  plan.add({ ...item, ...decided, files: isSame(now, want) ? [] : fileChanges(seen.tree, tree) })
  if (!isSame(now, want))
    plan.place({
      path: item.path,
      want: options.link ? want : await withStaying(source, tree, item.path, seen, options),
      expected: seen.mark,
    })
  if (!isSame(now, want) || record?.hash !== tree.h1 || record.path !== relPath)
    plan.put(at.records, rowOf(source, tree.h1, relPath, record, at))
}

/** For `catch`: what cannot be looked at; anything that is not of the file system is thrown. */
export function unlessFailed(error: unknown): 'unreadable' {
  if (!(error instanceof SmdError) && (error as NodeJS.ErrnoException).code === undefined) throw error
  return 'unreadable'
}

/** What shall lie there: the artifact, and what use has left behind in the folder whose place it takes. */
export async function withStaying(
  source: Pick<Source, 'path'>,
  tree: Tree,
  path: string,
  { left }: Pick<Seen, 'left'>,
  { store }: Pick<DeployOptions, 'store'>,
): Promise<Content> {
  if (left.length === 0 || tree.isFile) return contentOf(tree)
  const joined = await withLeft(tree, source.path, left, path)
  if (store) {
    // Contents before the tree that names them.
    await store.keep(path)
    await store.keepTree(joined)
  }
  return contentOf(joined)
}

type Ownership = 'nothing' | 'unchanged' | 'edited' | 'foreign'

/** What is there, against what the record says we put there. */
function ownership(now: Content, record: DeploymentRecord | null, source: Source): Ownership {
  if (now === null) return 'nothing'
  if (!record) return 'foreign'
  if ('link' in now) return now.link === source.path ? 'unchanged' : 'edited'
  return now.h1 === record.hash ? 'unchanged' : 'edited'
}

function decide(
  now: Content,
  want: Content,
  record: DeploymentRecord | null,
  owned: Ownership,
  overwrite: boolean,
): Pick<PlannedItem, 'action' | 'reason'> {
  if (owned === 'nothing') return { action: 'add', reason: null }
  if (isSame(now, want)) return { action: 'same', reason: record ? null : 'recorded' }
  if (owned === 'unchanged') return { action: 'change', reason: null }
  if (overwrite) return { action: 'change', reason: 'overwritten' }
  // The same content with other modes is nobody's edit.
  if (now !== null && want !== null && 'h1' in now && 'h1' in want && now.h1 === want.h1)
    return { action: 'change', reason: null }
  return { action: 'conflict', reason: owned === 'edited' ? 'edited' : 'not_ours' }
}

/** Removes what lies where the artifact was deployed before; false when it may not be removed. */
async function removeOld(record: DeploymentRecord, item: PlannedItem, at: At): Promise<boolean> {
  const { plan, place, destinations, options } = at
  if (isTooWide(record, at.records)) return true
  const { path, problem } = await destinations.find(`${place.prefix}/${record.path}`)
  if (problem) return true
  const seen = await seeAt(path)
  if (seen.content === null) return true
  const removed = { ...item, path, files: [] }
  const isOurs = seen.tree?.h1 === record.hash && !holdsHistory(seen)
  if (!isOurs && !options.overwrite) {
    plan.add({ ...removed, action: 'conflict', reason: 'edited' })
    return false
  }
  plan.add({ ...removed, action: 'remove', reason: 'moved' })
  plan.place({ path, want: null, expected: seen.mark })
  plan.prune(foldersUpTo(path, place.root))
  return true
}

/** A record as its file holds it (formats spec section 7); times are naive UTC. */
function rowOf(
  { name, type, collection, uuid }: Source,
  hash: string,
  path: string,
  record: DeploymentRecord | null,
  { profile, options }: At,
): Record<string, unknown> {
  const before = record?.hash && record.hash !== hash ? record.hash : null
  const lineage = (record?.lineage ?? []).filter((each) => each !== hash)
  return {
    artifact_name: record?.name ?? name,
    artifact_type: type,
    from_collection: collection,
    deployed_at: new Date(options.now).toISOString().replace('Z', '000'),
    artifact_path: path,
    content_hash: hash,
    local_modifications: false,
    ...(before !== null && { parent_hash: before }),
    version_lineage: [hash, ...lineage],
    merge_base_snapshot: hash,
    deployment_profile_id: profile.id,
    platform: profile.platform,
    profile_root_dir: profile.root,
    ...(uuid !== null && { artifact_uuid: uuid }),
    collection_sha: hash,
  }
}
