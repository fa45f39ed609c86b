import { readdir } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { brokenPlan, digestOfPlan, type PlannedProject, type Target } from '../deploy/plan.ts'
import { userRoot } from '../deploy/profiles.ts'
import { readUserProfiles } from '../deploy/read-profiles.ts'
import { type RecordRoots, recordRoots } from '../deploy/record-file.ts'
import { setsName } from '../deploy/sets.ts'
import { type Collection, openCollection } from '../library/collection-folder.ts'
import { lockName } from '../library/lock-file.ts'
import { manifestName } from '../library/manifest.ts'
import { stemOf } from '../library/names.ts'
import { digestOf, readTree } from '../objects/index.ts'
import {
  changePlaces,
  contentAt,
  markOf,
  type OperationResult,
  objectsOf,
  operationTools,
  type PlaceChange,
  type ProjectChange,
  systemCalls,
} from '../operations/index.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import { listed } from '../sync/push.ts'
import type { WorkTools } from '../tools.ts'
import {
  type FoundRules,
  type Listed,
  type ListedGroup,
  type Listing,
  listGroups,
  placesOf,
  type WantedGroup,
} from './groups.ts'
import { type Gains, planTexts } from './plan-collection.ts'
import { planProject } from './plan-project.ts'

export type ConsolidateRequest = {
  /** Null: the active one. */
  collection: string | null
  groups: readonly WantedGroup[]
  /** Null: somebody named the groups. */
  found: FoundRules | null
  /** Projects, real paths, with what each has a record of, as `type:name` without the end of a file. */
  targets: ReadonlyArray<Target & { has: readonly string[] }>
  /** What is deployed for all projects. */
  forUser: readonly string[]
  /** What may be links to what goes, and no record names. */
  copies: readonly string[]
  /** The digest of the plan that was agreed to; null: whatever the plan is. */
  expect: string | null
  dryRun: boolean
}

export type ConsolidatedGroup = {
  keep: { name: string; type: string; path: string }
  remove: Array<{
    name: string
    path: string
    filesRemoved: boolean
    linkedFrom: string[]
    upstream: string | null
  }>
  isSame: boolean
  gains: Gains
}

type Outcome = Pick<OperationResult['projects'][number], 'outcome'>['outcome']
type Failure = OperationResult['projects'][number]['problem']

export type Consolidated = {
  collection: string
  /** Real path of its folder. */
  folder: string
  digest: string
  groups: ConsolidatedGroup[]
  /** What was passed over, and why; sentences. */
  warnings: string[]
  /** How many groups the limit leaves out. */
  beyond: number
  projects: Array<Omit<PlannedProject, 'change'> & { outcome: Outcome | null; failure: Failure }>
  snapshot: string | null
  outcome: Outcome | null
  failure: Failure
  operation: string | null
  /** Folders to be read again. */
  touched: string[]
}

type Plan = Listing & {
  collection: Collection
  gains: Gains[]
  own: ProjectChange
  projects: PlannedProject[]
  digest: string
}

/** How often it is planned anew when somebody changes the same files meanwhile. */
const TRIES = 5

/**
 * Brings groups of artifacts together: of each one is kept. First the projects that have the others get the kept one, then,
 * if all of them could be changed, the collection lets the others go, all in one operation. A snapshot of the collection
 * comes before. Errors: those of `listGroups`, of the collection's files; `deploy.plan_changed`, `collection.changing`.
 */
export function consolidate(tools: WorkTools, request: ConsolidateRequest): Promise<Consolidated> {
  if (request.dryRun) return makePlan(tools, request).then(answerOf)
  return tools.exclusively(async () => {
    for (let attempt = 1; ; attempt++) {
      const plan = await makePlan(tools, request)
      if (request.expect !== null && plan.digest !== request.expect) throw new SmdError('deploy.plan_changed')
      if (plan.groups.length === 0) return answerOf(plan)
      const held = plan.projects.find(isHeld)
      const snapshot = held ? null : await snapshotOf(tools, plan)
      const possible = plan.projects.filter((project) => !isHeld(project))
      const { id, projects } = await changePlaces(operationTools(tools), {
        kind: 'consolidate',
        title: listed(
          'Consolidate',
          plan.groups.map(({ keep }) => keep.row.name),
        ),
        projects: [
          ...possible.map(({ change }) => change),
          ...(held ? [] : [{ ...plan.own, last: true as const }]),
        ],
      })
      const own = held
        ? { outcome: 'conflict' as const, problem: { path: held.path, reason: 'it could not be changed' } }
        : projects.at(-1)
      const isMoved = id === null && projects.some(({ outcome }) => outcome === 'conflict')
      // Nothing was changed yet, so what is there by now can be planned with.
      if (isMoved && attempt < TRIES && request.expect === null) continue
      const outcomes = new Map(possible.map((project, n) => [project, projects[n]]))
      return {
        ...answerOf(plan),
        projects: plan.projects.map((project) => ({
          ...withoutChange(project),
          outcome: outcomes.get(project)?.outcome ?? 'conflict',
          failure: outcomes.get(project)?.problem ?? null,
        })),
        snapshot: own?.outcome === 'done' || own?.outcome === 'pending' ? snapshot : null,
        outcome: own?.outcome ?? null,
        failure: own?.problem ?? null,
        operation: id,
        touched: id === null ? [] : [plan.collection.folder, ...possible.map(({ path }) => path)],
      }
    }
  })
}

async function makePlan(tools: WorkTools, request: ConsolidateRequest): Promise<Plan> {
  const collection = await openCollection(tools, request.collection)
  const { folder } = collection
  const store = objectsOf(tools)
  const take: Parameters<typeof listGroups>[3] = (path, options) =>
    request.dryRun ? readTree(path, options) : store.keep(path, options)
  const listing = await listGroups(collection, request.groups, request.found, take, request.copies)
  const { groups } = listing
  const { texts, gains } = await planTexts(collection, groups, tools.now)
  const places: PlaceChange[] = []
  for (const path of placesOf(groups))
    places.push({ path, want: null, expected: markOf(await contentAt(path, systemCalls, readTree)) })
  const own = { folder, places, texts }
  const projects = await planProjects(tools, request, groups)
  const shapes = groups.map(shapeOf)
  // The texts as they shall be name the time of the plan.
  const read = texts.map(({ path, expected }) => [path, expected])
  const warnings = projects.map((project) => project.warnings)
  const parts = [digestOfPlan(projects), warnings, shapes, gains, places, read]
  const digest = digestOf(JSON.stringify(parts)).slice(0, 32)
  return { collection, ...listing, gains, own, projects, digest }
}

const shapeOf = ({ keep, remove }: ListedGroup) =>
  [keep, ...remove].map(({ type, row, source }) => [type, row.name, source.tree.id])

/** How records name it: with its type, and without the end of a file. */
const nameOf = ({ type, row }: Listed): string => `${type}:${stemOf(row.name)}`

type ToPlan = { target: Target; roots(): Promise<RecordRoots> }

async function planProjects(
  tools: WorkTools,
  { targets, forUser, dryRun }: ConsolidateRequest,
  groups: readonly ListedGroup[],
): Promise<PlannedProject[]> {
  const pairs = groups.flatMap(({ keep, remove }) => remove.map((old) => ({ old, keep })))
  const gone = new Set(pairs.map(({ old }) => nameOf(old)))
  const hasGone = (has: readonly string[]): boolean => has.some((each) => gone.has(each))
  const all = targets
    .filter(({ has }) => hasGone(has))
    .map(({ has: _, ...target }): ToPlan => ({ target, roots: () => rootsOf(target.path) }))
  if (hasGone(forUser)) {
    const { home } = tools.folders
    const profiles = await readUserProfiles(tools, null)
    for (const root of new Set(profiles.map((profile) => userRoot(profile, tools.folders))))
      all.push({
        target: { path: home, name: 'all projects', isHome: true },
        roots: async () => ({ roots: [root], unreadable: [] }),
      })
  }
  const store = dryRun ? null : objectsOf(tools)
  const projects: PlannedProject[] = []
  for (const { target, roots } of all) {
    try {
      projects.push(await planProject(target, await roots(), pairs, { now: tools.now, store }))
    } catch (error) {
      projects.push(brokenPlan(target, error))
    }
  }
  return projects.filter((project) => project.items.length > 0 || isHeld(project))
}

/** Errors: those of `recordRoots`; when nothing at all is where records are known to be. */
async function rootsOf(project: string): Promise<RecordRoots> {
  if ((await readdir(project)).length === 0) throw new Error('it is empty: its disk may not be mounted')
  return recordRoots(project)
}

/** Whether something of it may lie there that cannot be changed, so that the collection must not let go of it. */
const isHeld = ({ problem, warnings, items }: PlannedProject): boolean =>
  problem !== null || warnings.length > 0 || items.some(({ action }) => action === 'conflict')

/** Only of what will change. */
async function snapshotOf(tools: WorkTools, { collection, groups, own }: Plan): Promise<string> {
  const removed = groups.flatMap(({ remove }) => remove)
  const places = own.places.map(({ path }) => relative(collection.folder, path).replaceAll(sep, '/'))
  const sets = own.texts.some(({ path }) => path.endsWith(setsName)) ? [setsName] : []
  const message = listed(
    'Consolidate',
    removed.map(({ row }) => row.name),
  )
  const { id } = await snapshotBefore(tools, collection.name, message, [
    ...places,
    manifestName,
    lockName,
    ...sets,
  ])
  return id
}

const withoutChange = ({ change: _, ...project }: PlannedProject): Omit<PlannedProject, 'change'> => project

function answerOf({ collection, groups, warnings, beyond, gains, projects, digest }: Plan): Consolidated {
  return {
    collection: collection.name,
    folder: collection.folder,
    digest,
    groups: groups.map(({ keep, remove, isSame }, n) => ({
      keep: { name: keep.row.name, type: keep.type, path: keep.source.path },
      remove: remove.map(({ row, source, filesRemoved, linkedFrom }) => ({
        name: row.name,
        path: source.path,
        filesRemoved,
        linkedFrom,
        upstream: typeof row.upstream === 'string' ? row.upstream : null,
      })),
      isSame,
      gains: gains[n] as Gains,
    })),
    warnings,
    beyond,
    projects: projects.map((project) => ({ ...withoutChange(project), outcome: null, failure: null })),
    snapshot: null,
    outcome: null,
    failure: null,
    operation: null,
    touched: [],
  }
}
