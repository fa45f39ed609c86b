/** What becomes of deployed copies of an artifact when another one is kept in its place. */
import { posix } from 'node:path'
import { Destinations, foldersUpTo } from '../deploy/destination.ts'
import {
  fileChanges,
  type PlannedItem,
  type PlannedProject,
  ProjectPlan,
  type Target,
} from '../deploy/plan.ts'
import { placeOf, unlessFailed, withStaying } from '../deploy/plan-deploy.ts'
import {
  type DeploymentRecord,
  isTooWide,
  keyOfRecord,
  type RecordFile,
  type RecordRoots,
  readRecordFile,
} from '../deploy/record-file.ts'
import { holdsHistory, type Seen, seeAt } from '../deploy/seen.ts'
import type { Source } from '../deploy/sources.ts'
import { stemOf } from '../library/names.ts'
import { type ObjectStore, readTree } from '../objects/index.ts'
import { type Content, contentAt, contentOf, isSame, systemCalls } from '../operations/index.ts'
import { type Listed, realOf } from './groups.ts'

/** One that goes, and the one that is kept. */
export type Pair = { old: Listed; keep: Listed }

/**
 * The plan of one project, given the folders in which it has records. A copy as it was deployed gives way to the kept one; a
 * link leads to the kept one. What was edited stays as it is, and what use has left behind counts for nothing. Errors: those of reading records.
 */
export async function planProject(
  target: Target,
  { roots, unreadable }: RecordRoots,
  pairs: readonly Pair[],
  { now, store }: Pick<At, 'now' | 'store'>,
): Promise<PlannedProject> {
  const plan = new ProjectPlan(target)
  for (const { message } of unreadable) plan.warn(message)
  let folder = target.path
  for (const root of roots) {
    const place = await placeOf(target, root)
    folder = place.staging
    const file = await readRecordFile(place.root)
    const at: At = {
      plan,
      file,
      now,
      store,
      root: place.root,
      prefix: place.prefix,
      destinations: new Destinations(place.base),
      kept: new Set(),
    }
    for (const record of file.records) {
      const pair = pairs.find(({ old }) => isOf(record, old.source))
      if (pair) await planRecord(record, pair, at)
    }
  }
  return plan.finish(folder)
}

type At = {
  plan: ProjectPlan
  file: RecordFile
  /** Unix ms. */
  now: number
  /** Keeps what shall be put in place; null for a plan alone. */
  store: ObjectStore | null
  root: string
  prefix: string
  destinations: Destinations
  /** Keys of records that went over to a kept one in this plan. */
  kept: Set<string>
}

const isOf = (record: DeploymentRecord, { name, type, collection }: Source): boolean =>
  stemOf(record.name) === stemOf(name) && record.type === type && record.collection === collection

async function planRecord(record: DeploymentRecord, { old, keep }: Pair, at: At): Promise<void> {
  const { plan, file, destinations, prefix, root, kept } = at
  const { path, problem } = await destinations.find(`${prefix}/${record.path}`)
  const item: PlannedItem = {
    name: old.source.name,
    type: record.type,
    collection: record.collection,
    profile: record.profile,
    platform: record.platform,
    profileRoot: record.root,
    path,
    action: 'conflict',
    reason: problem,
    files: [],
  }
  // What lies beyond the project was not put there by us.
  if (problem === 'outside') return plan.add({ ...item, reason: problem })
  if (isTooWide(record, file)) return plan.add({ ...item, reason: 'too_wide' })
  const seen = await seeAt(path).catch(unlessFailed)
  if (seen === 'unreadable') return plan.add({ ...item, reason: 'unreadable' })

  const key = keyOfRecord({ ...record, name: keep.source.name })
  const hasKept =
    kept.has(key) || file.records.some((other) => other !== record && keyOfRecord(other) === key)
  const isEdited = seen.content !== null && (await wasEdited(path, seen, record, old.source))
  plan.drop(file, keyOfRecord(record))
  if (seen.content === null || (hasKept && !isEdited)) {
    plan.add({
      ...item,
      action: 'remove',
      reason: seen.content === null ? 'gone' : 'kept_is_there',
      files: fileChanges(seen.tree, null),
    })
    if (seen.content !== null) plan.place({ path, want: null, expected: seen.mark })
    plan.prune(foldersUpTo(path, root))
    return
  }
  if (hasKept) return plan.add({ ...item, action: 'same', reason: 'own_now' })
  kept.add(key)
  if (isEdited) return goOver(record, keep, item, at)
  await replace(record, keep, { seen, item }, at)
}

/** What is there stays; only its record is that of the kept one from now on. */
function goOver(record: DeploymentRecord, keep: Listed, item: PlannedItem, { plan, file }: At): void {
  plan.add({ ...item, action: 'same', reason: 'goes_over' })
  plan.put(file, renamed(record, keep.source))
}

/** Whether somebody changed the copy, or works on it; a link to the collection is nobody's edit, however it is spelled. */
async function wasEdited(
  path: string,
  seen: Seen,
  { hash }: DeploymentRecord,
  { path: source }: Source,
): Promise<boolean> {
  if (seen.content === null || !('link' in seen.content)) return seen.tree?.h1 !== hash || holdsHistory(seen)
  const to = await realOf(path)
  return to === null || to !== (await realOf(source))
}

/** Puts the kept one where it would be deployed to, or, where something else is there, in the place of the old one. */
async function replace(
  record: DeploymentRecord,
  keep: Listed,
  { seen, item }: { seen: Seen; item: PlannedItem },
  at: At,
): Promise<void> {
  const { plan, file, destinations, prefix, root, now, store } = at
  const { source } = keep
  const isLink = seen.content !== null && 'link' in seen.content
  const want: Content = isLink ? { link: source.path } : contentOf(source.tree)
  const relPath = posix.join(posix.dirname(record.path), source.fileName)
  const to = await destinations.find(`${prefix}/${relPath}`)
  const isFree =
    to.problem === null &&
    !plan.hasPlace(to.path) &&
    (await contentAt(to.path, systemCalls, readTree).catch(() => 'unreadable')) === null
  const kept = { ...item, name: source.name }
  if (isFree) {
    plan.add({ ...item, action: 'remove', reason: 'moved', files: fileChanges(seen.tree, null) })
    plan.add({ ...kept, path: to.path, action: 'add', reason: null, files: fileChanges(null, source.tree) })
    plan.place({ path: item.path, want: null, expected: seen.mark })
    plan.place({ path: to.path, want, expected: null })
    plan.prune(foldersUpTo(item.path, root))
  } else if (isSame(seen.content, want)) {
    plan.add({ ...kept, action: 'same', reason: 'recorded' })
  } else if (seen.left.length > 0 && source.tree.isFile) {
    // Beside a file nothing could stay of what use has left behind.
    return goOver(record, keep, item, at)
  } else {
    plan.add({ ...kept, action: 'change', reason: null, files: fileChanges(seen.tree, source.tree) })
    const content = isLink ? want : await withStaying(source, source.tree, item.path, seen, { store })
    plan.place({ path: item.path, want: content, expected: seen.mark })
  }
  const path = isFree ? relPath : record.path
  plan.put(file, { ...renamed(record, source), ...taken(record, source.tree.h1, path, now) })
}

/** The record under the name of the kept one. */
function renamed({ row }: DeploymentRecord, { name, uuid }: Source): Record<string, unknown> {
  const { artifact_uuid: _, ...rest } = row
  return { ...rest, artifact_name: name, ...(uuid !== null && { artifact_uuid: uuid }) }
}

/** What a record says of the content that was put there just now (formats spec section 7). */
function taken(
  { hash, lineage }: DeploymentRecord,
  h1: string,
  path: string,
  now: number,
): Record<string, unknown> {
  return {
    deployed_at: new Date(now).toISOString().replace('Z', '000'),
    artifact_path: path,
    content_hash: h1,
    local_modifications: false,
    ...(hash !== null && hash !== h1 && { parent_hash: hash }),
    version_lineage: [h1, ...lineage.filter((each) => each !== h1)],
    merge_base_snapshot: h1,
    collection_sha: h1,
  }
}
