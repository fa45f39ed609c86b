import { SmdError } from '../../../../../protocol/errors.ts'
import { kindOf } from '../library/manifest.ts'
import { stemOf } from '../library/names.ts'
import { objectsOf } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import type { ArtifactRef } from './collection-artifacts.ts'
import { Destinations, foldersUpTo } from './destination.ts'
import { fileChanges, type PlannedItem, type PlannedProject, ProjectPlan, type Target } from './plan.ts'
import { placeOf, unlessFailed } from './plan-deploy.ts'
import {
  type DeploymentRecord,
  isTooWide,
  keyOfRecord,
  type RecordFile,
  type RecordRoots,
  readRecordFile,
} from './record-file.ts'
import { holdsHistory, seeAt } from './seen.ts'

export type UndeployOptions = {
  /** Removes what was edited, too; it is kept. */
  overwrite: boolean
  /** Also what came with a skill. */
  members: boolean
  /** Only of these; null: of all. */
  profiles: readonly string[] | null
}

/**
 * What an undeployment would do in one project, given the folders in which it has records. Errors: those of reading records;
 * `object.unreadable` when nothing was found, and what is looked for may be where nobody can look.
 */
export async function planUndeploy(
  tools: Pick<WorkTools, 'folders'>,
  target: Target,
  { roots, unreadable }: RecordRoots,
  refs: readonly ArtifactRef[],
  options: UndeployOptions,
): Promise<PlannedProject> {
  const plan = new ProjectPlan(target)
  let folder = target.path
  for (const root of roots) {
    const place = await placeOf(target, root)
    folder = place.staging
    const file = await readRecordFile(place.root)
    const wanted = file.records.filter((record) => isMeant(record, refs, options))
    if (options.members) wanted.push(...(await membersOf(tools, wanted, file)))
    const destinations = new Destinations(place.base)
    for (const record of new Set(wanted)) {
      const at = await destinations.find(`${place.prefix}/${record.path}`)
      await planRemoval(plan, record, file, { ...at, root: place.root, overwrite: options.overwrite })
    }
  }
  const [trouble] = unreadable
  if (trouble && plan.isEmpty) throw trouble
  for (const { message } of unreadable) plan.warn(message)
  return plan.finish(folder)
}

function isMeant(
  { name, type, profile }: DeploymentRecord,
  refs: readonly ArtifactRef[],
  { profiles }: UndeployOptions,
): boolean {
  if (profiles !== null && !profiles.includes(profile)) return false
  return refs.some(
    (ref) => stemOf(ref.name) === stemOf(name) && (ref.type === undefined || kindOf(ref.type) === type),
  )
}

async function planRemoval(
  plan: ProjectPlan,
  record: DeploymentRecord,
  file: RecordFile,
  {
    path,
    problem,
    root,
    overwrite,
  }: { path: string; problem: PlannedItem['reason']; root: string; overwrite: boolean },
): Promise<void> {
  const item: PlannedItem = {
    name: record.name,
    type: record.type,
    collection: record.collection,
    profile: record.profile,
    platform: record.platform,
    profileRoot: record.root,
    path,
    action: 'remove',
    reason: null,
    files: [],
  }
  // What lies beyond the project was not put there by us.
  if (problem === 'outside') return plan.add({ ...item, action: 'conflict', reason: problem })
  if (isTooWide(record, file)) return plan.add({ ...item, action: 'conflict', reason: 'too_wide' })
  const seen = await seeAt(path).catch(unlessFailed)
  if (seen === 'unreadable') return plan.add({ ...item, action: 'conflict', reason: 'unreadable' })
  if (seen.content === null) {
    plan.add({ ...item, reason: 'gone' })
    plan.drop(file, keyOfRecord(record))
    plan.prune(foldersUpTo(path, root))
    return
  }
  // A link is only a link: what it leads to stays.
  const isLink = seen.content !== null && 'link' in seen.content
  const isEdited = !isLink && (seen.tree?.h1 !== record.hash || holdsHistory(seen))
  if (isEdited && !overwrite) return plan.add({ ...item, action: 'conflict', reason: 'edited' })
  plan.add({ ...item, reason: isEdited ? 'overwritten' : null, files: fileChanges(seen.tree, null) })
  plan.place({ path, want: null, expected: seen.mark })
  plan.drop(file, keyOfRecord(record))
  plan.prune(foldersUpTo(path, root))
}

const memberPath = /^(commands|agents|hooks|mcp-servers|skills)\/([^/]+)/
const memberTypes: Record<string, string> = {
  commands: 'command',
  agents: 'agent',
  hooks: 'hook',
  'mcp-servers': 'mcp',
  skills: 'skill',
}

/** Records of what came with these skills, as the trees that were deployed tell. */
async function membersOf(
  tools: Pick<WorkTools, 'folders'>,
  skills: readonly DeploymentRecord[],
  { records }: RecordFile,
): Promise<DeploymentRecord[]> {
  const found: DeploymentRecord[] = []
  for (const { type, hash, collection, profile } of skills) {
    const tree = type === 'skill' && hash !== null ? await objectsOf(tools).treeOfH1(hash) : null
    const members = new Set<string>()
    for (const { path } of tree?.entries ?? []) {
      const [, folder = '', name = ''] = memberPath.exec(path) ?? []
      if (folder !== '') members.add(`${memberTypes[folder]} ${stemOf(name)}`)
    }
    found.push(
      ...records.filter(
        (record) =>
          members.has(`${record.type} ${stemOf(record.name)}`) &&
          record.collection === collection &&
          record.profile === profile,
      ),
    )
  }
  return found
}

/** Errors: `deploy.not_deployed` when no project has a record of any of them. */
export function refuseNothing(refs: readonly ArtifactRef[], projects: readonly PlannedProject[]): void {
  const isAnything = projects.some(({ items, problem }) => items.length > 0 || problem !== null)
  if (!isAnything) throw new SmdError('deploy.not_deployed', { names: refs.map(({ name }) => name) })
}
