/** Brings what a collection fetched up to what its sources hold now (formats spec section 11). */
import { SmdError } from '../../../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../../../protocol/methods.ts'
import {
  type ArtifactRow,
  type Collection,
  findRow,
  kindOf,
  lockKey,
  openCollection,
  placeOfRow,
  planLock,
  planManifest,
  readLock,
  writeTime,
} from '../library/index.ts'
import { changePlaces, contentOf, objectsOf, operationTools, type PlaceChange } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { choicesOf } from './choose.ts'
import { copyOf } from './copies.ts'
import { describeFiles, type Room, roomForLines } from './describe.ts'
import { keepResult } from './keep-result.ts'
import { type FilesToPlan, planFiles, type SyncPlan, without } from './plan.ts'
import { listed } from './push.ts'
import { diskSide, isWhole, keptSide } from './sides.ts'
import { snapshotChanged } from './snapshot-changed.ts'
import { type Fetched, fetchArtifact, fetchedBefore, sourceOfRow } from './update-source.ts'

export type UpdateParams = Omit<ParsedParamsOf<'collections.update'>, 'push'>
export type UpdateItem = ResultOf<'collections.update'>['items'][number]
export type Updated = {
  operations: string[]
  items: UpdateItem[]
  /** Real path of the collection. */
  folder: string
  collection: string
}

/** What is asked of the sources before anything is locked. */
type Candidate = {
  row: ArtifactRow
  fetched: Fetched | null
  base: Awaited<ReturnType<typeof fetchedBefore>>
  /** Why there is nothing to compare with; null when there is. */
  problem: string | null
}

/**
 * Updates artifacts of one collection: files, manifest and lock together, all artifacts in one operation. What is in conflict
 * stays as it is. Errors: those of `openCollection` and `findRow`; what a source says becomes a reason of its artifact.
 */
export async function updateCollection(tools: WorkTools, params: UpdateParams): Promise<Updated> {
  const seen = await openCollection(tools, params.collection ?? null)
  const candidates: Candidate[] = []
  for (const row of chosenRows(seen, params)) candidates.push(await ask(tools, seen, row))
  const work = async (): Promise<Updated> => {
    const collection = await openCollection(tools, seen.name)
    const done: Updated = {
      operations: [],
      items: [],
      folder: collection.folder,
      collection: collection.name,
    }
    const room = roomForLines()
    const changes: Change[] = []
    for (const candidate of candidates) {
      const { item, change } = await planUpdate(tools, collection, candidate, params, room)
      done.items.push(item)
      if (change) changes.push(change)
    }
    if (!params.dryRun && changes.length > 0) await carryOut(tools, collection, changes, done)
    return done
  }
  return params.dryRun ? work() : tools.exclusively(work)
}

function chosenRows(collection: Collection, { artifacts, type }: UpdateParams): ArtifactRow[] {
  if (artifacts)
    return [...new Set(artifacts.map((name) => findRow(collection, ...namedIn(name, type ?? null))))]
  return collection.manifest.artifacts.filter(
    (row) => (type === undefined || kindOf(row.type) === type) && typeof row.upstream === 'string',
  )
}

/** `skill:demo` says the type; a colon may also be a part of the name. */
function namedIn(text: string, type: string | null): [name: string, type: string | null] {
  const [, own, name] = /^([a-z_]+):(.+)$/s.exec(text) ?? []
  return own !== undefined && name !== undefined ? [name, own] : [text, type]
}

async function ask(tools: WorkTools, { folder }: Collection, row: ArtifactRow): Promise<Candidate> {
  const store = objectsOf(tools)
  const candidate: Candidate = { row, fetched: null, base: null, problem: null }
  try {
    const source = sourceOfRow(tools, row)
    if (!source) return { ...candidate, problem: 'Nothing says where it came from.' }
    candidate.fetched = await fetchArtifact(tools, store, source, row)
    const lock = (await readLock(folder))[lockKey(row.name, row.type)]
    candidate.base = await fetchedBefore(tools, store, source, row, lock?.content_hash)
    return candidate
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    return { ...candidate, problem: error.message }
  }
}

type Change = { row: ArtifactRow; fetched: Fetched; plan: SyncPlan; item: UpdateItem }

async function planUpdate(
  tools: WorkTools,
  collection: Collection,
  candidate: Candidate,
  params: UpdateParams,
  room: Room,
): Promise<{ item: UpdateItem; change: Change | null }> {
  const { row, fetched, problem } = candidate
  const item: UpdateItem = {
    name: row.name,
    type: kindOf(row.type),
    action: 'failed',
    reason: problem,
    from: versionOf(row),
    to: fetched ? versionOf(fetched.provenance) : null,
    hasBase: candidate.base !== null,
    files: [],
    openConflicts: 0,
  }
  if (!fetched) return { item, change: null }
  try {
    const plan = await planOne(tools, collection, { ...candidate, fetched }, params)
    item.action = plan.action
    item.reason = plan.reason
    const { target, merge } = plan
    if (target && merge) {
      const store = objectsOf(tools)
      const sides = {
        local: target.tree && diskSide(target.tree, target.path),
        remote: keptSide(fetched.tree, store),
        base: candidate.base && keptSide(candidate.base, store),
      }
      item.files = await describeFiles(merge.files, sides, room)
      item.openConflicts = item.files.filter(({ isOpen }) => isOpen).length
    }
    const isDone = ['copy', 'merge', 'record'].includes(plan.action)
    return { item, change: isDone ? { row, fetched, plan, item } : null }
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    return { item: { ...item, action: 'failed', reason: error.message }, change: null }
  }
}

async function planOne(
  tools: WorkTools,
  collection: Collection,
  { row, fetched, base }: Candidate & { fetched: Fetched },
  { strategy, conflicts, choices }: UpdateParams,
): Promise<SyncPlan> {
  const store = objectsOf(tools)
  const target = await copyOf(await placeOfRow(collection, row))
  if (target.isLink) return without('none', 'It is a link, which has no files of its own.')
  const lock = (await readLock(collection.folder))[lockKey(row.name, row.type)]
  const [before, mine, theirs] = [lock?.content_hash ?? base?.h1, target.own?.h1, fetched.tree.h1]
  const isNewVersion = row.resolved_sha !== fetched.provenance.resolved_sha
  if (mine === theirs) return without(isNewVersion || before !== theirs ? 'record' : 'none')
  if (before === theirs)
    return without(
      isNewVersion ? 'record' : 'none',
      'Only the collection changed it; its source has nothing new.',
    )
  const isEdited = mine !== undefined && mine !== before
  if (strategy === 'prompt') return without('skip', 'Nobody was asked.')
  if (strategy === 'local' && isEdited) return without('skip', 'What was edited here stays as it is.')
  const known = base && (await isWhole(base, store)) ? keptSide(base, store) : null
  const files: FilesToPlan = {
    target,
    incoming: {
      path: target.path,
      tree: fetched.tree,
      own: fetched.tree,
      isLink: false,
      side: keptSide(fetched.tree, store),
    },
    merge:
      isEdited && strategy === 'merge'
        ? { base: known, conflicts, choices: choicesOf(row.name, kindOf(row.type), choices) }
        : null,
  }
  return planFiles(files)
}

async function carryOut(
  tools: WorkTools,
  { folder, name }: Collection,
  changes: readonly Change[],
  done: Updated,
): Promise<void> {
  const store = objectsOf(tools)
  const ready: Change[] = []
  const places: PlaceChange[] = []
  for (const change of changes) {
    const { plan, fetched, item } = change
    try {
      if (plan.result && plan.target) {
        const tree = await keepResult(store, plan, fetched.tree)
        places.push({ path: plan.target.path, want: contentOf(tree), expected: plan.target.tree?.h1 ?? null })
      }
      ready.push(change)
    } catch (error) {
      if (!(error instanceof SmdError)) throw error
      Object.assign(item, { action: 'failed', reason: error.message })
    }
  }
  if (ready.length === 0) return
  const title = listed(
    'Update',
    ready.map(({ row }) => row.name),
  )
  await snapshotChanged(tools, { name, folder }, title, places)
  const manifest = await planManifest(folder, tools.now, ({ artifacts }) => {
    for (const { row, fetched } of ready) {
      const own = artifacts.find((each) => each.name === row.name && each.type === row.type)
      if (own) Object.assign(own, versionsOf(fetched), { last_updated: writeTime(tools.now) })
    }
  })
  const lock = await planLock(folder, (entries) => {
    for (const { row, fetched } of ready)
      entries[lockKey(row.name, row.type)] = {
        ...entries[lockKey(row.name, row.type)],
        // What was fetched, also where it went together with edits: that it differs from the files tells of them.
        content_hash: fetched.tree.h1,
        fetched: writeTime(tools.now),
        ...versionsOf(fetched),
      }
  })
  const { id, projects } = await changePlaces(operationTools(tools), {
    kind: 'update',
    title,
    projects: [{ folder, places, texts: [manifest, lock] }],
  })
  const [outcome] = projects
  if (outcome?.outcome === 'done') {
    if (id !== null) done.operations.push(id)
    return
  }
  const reason = outcome?.problem
    ? `${outcome.problem.path}: ${outcome.problem.reason}.`
    : `${name} could not be changed.`
  for (const { item } of ready) Object.assign(item, { action: 'failed', reason })
}

/** The keys that manifest and lock have in common. */
function versionsOf({ provenance }: Fetched): Record<string, string> {
  const { upstream, resolved_sha, resolved_version } = provenance
  return Object.fromEntries(
    Object.entries({ upstream, resolved_sha, resolved_version }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}

function versionOf(source: object): UpdateItem['from'] {
  const { resolved_sha, resolved_version } = source as Record<string, unknown>
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return { sha: text(resolved_sha), version: text(resolved_version) }
}
