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
import { placeOf } from '../deploy/plan-deploy.ts'
import {
  type DeploymentRecord,
  keyOfRecord,
  type RecordFile,
  type RecordRoots,
  readRecordFile,
} from '../deploy/record-file.ts'
import type { Source } from '../deploy/sources.ts'
import { stemOf } from '../library/names.ts'
import { readTree, type Tree } from '../objects/index.ts'
import { type Content, contentAt, contentOf, isSame, markOf, systemCalls } from '../operations/index.ts'
import type { Listed } from './groups.ts'

/** One that goes, and the one that is kept. */
export type Pair = { old: Listed; keep: Listed }

/**
 * The plan of one project, given the folders in which it has records. A copy as it was deployed gives way to the kept one; a
 * link leads to the kept one. What was edited stays as it is. Errors: those of reading records.
 */
export async function planProject(
  target: Target,
  { roots, unreadable }: RecordRoots,
  pairs: readonly Pair[],
  now: number,
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
  now: number
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
    action: 'skip',
    reason: problem,
    files: [],
  }
  // What lies beyond the project was not put there by us.
  if (problem === 'outside') return plan.add(item)
  let before: Tree | null = null
  const found = await contentAt(path, systemCalls, async (where) => {
    before = await readTree(where)
    return before
  }).catch(() => 'unreadable' as const)
  if (found === 'unreadable') return plan.add({ ...item, reason: 'unreadable' })

  const key = keyOfRecord({ ...record, name: keep.source.name })
  const hasKept =
    kept.has(key) || file.records.some((other) => other !== record && keyOfRecord(other) === key)
  if (found === null || (hasKept && !isEdited(found, record, old.source))) {
    plan.add({
      ...item,
      action: 'remove',
      reason: found === null ? 'gone' : 'kept_is_there',
      files: fileChanges(before, null),
    })
    if (found !== null) plan.place({ path, want: null, expected: markOf(found) })
    plan.drop(file, keyOfRecord(record))
    plan.prune(foldersUpTo(path, root))
    return
  }
  if (hasKept) {
    plan.add({ ...item, action: 'same', reason: 'own_now' })
    plan.drop(file, keyOfRecord(record))
    return
  }
  kept.add(key)
  plan.drop(file, keyOfRecord(record))
  if (isEdited(found, record, old.source)) {
    plan.add({ ...item, action: 'same', reason: 'goes_over' })
    plan.put(file, renamed(record, keep.source))
    return
  }
  await replace(record, keep, { found, before, item }, at)
}

/** Whether somebody changed the copy; a link to the collection is nobody's edit. */
const isEdited = (now: Content, record: DeploymentRecord, old: Source): boolean =>
  now !== null && ('link' in now ? now.link !== old.path : now.h1 !== record.hash)

/** Puts the kept one where it would be deployed to, or, where something else is there, in the place of the old one. */
async function replace(
  record: DeploymentRecord,
  keep: Listed,
  { found, before, item }: { found: Content; before: Tree | null; item: PlannedItem },
  { plan, file, destinations, prefix, root, now }: At,
): Promise<void> {
  const { source } = keep
  const want: Content = found !== null && 'link' in found ? { link: source.path } : contentOf(source.tree)
  const relPath = posix.join(posix.dirname(record.path), source.fileName)
  const to = await destinations.find(`${prefix}/${relPath}`)
  const isFree =
    to.problem === null &&
    !plan.hasPlace(to.path) &&
    (await contentAt(to.path, systemCalls, readTree).catch(() => 'unreadable')) === null
  const kept = { ...item, name: source.name }
  if (isFree) {
    plan.add({ ...item, action: 'remove', reason: 'moved', files: fileChanges(before, null) })
    plan.add({ ...kept, path: to.path, action: 'add', reason: null, files: fileChanges(null, source.tree) })
    plan.place({ path: item.path, want: null, expected: markOf(found) })
    plan.place({ path: to.path, want, expected: null })
    plan.prune(foldersUpTo(item.path, root))
  } else {
    const action = isSame(found, want) ? 'same' : 'change'
    const reason = action === 'same' ? 'recorded' : null
    plan.add({ ...kept, action, reason, files: fileChanges(before, source.tree) })
    plan.place({ path: item.path, want, expected: markOf(found) })
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
