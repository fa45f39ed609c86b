import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type ArtifactRow, kindOf, lockKey, planLock, planManifest, writeTime } from '../library/index.ts'
import {
  changePlaces,
  type OperationRequest,
  objectsOf,
  operationTools,
  type ProjectChange,
  type TextChange,
} from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { type Carried, failed, makeReady, settle } from './carry-out.ts'
import { type Fork, forkOf } from './fork.ts'
import type { CollectionPlaces } from './manifests.ts'
import { type PlannedCopy, type PreviewParams, planProject } from './preview.ts'
import { type SyncDone, titleOf } from './push.ts'
import { recordTexts } from './records.ts'
import { snapshotChanged } from './snapshot-changed.ts'

/** `project`: its real path. */
export type PullParams = Omit<PreviewParams, 'direction'> & { dryRun: boolean }

/**
 * Takes what was edited in a project into the collections, with what changed there meanwhile. What is in conflict stays as it
 * is. One operation for each collection, which holds the project's records, too. Errors: those of `planProject`.
 */
export function pullSync(tools: WorkTools, { dryRun, ...params }: PullParams): Promise<SyncDone> {
  return tools.exclusively(async () => {
    const { planned, warnings } = await planProject(tools, { ...params, direction: 'pull' })
    const done: SyncDone = { operations: [], items: planned.map(({ item }) => item), warnings, touched: [] }
    if (dryRun) return done
    const names = new Set(planned.map(({ copy }) => copy.record.collection))
    for (const [n, collection] of [...names].entries()) {
      const own = planned.filter(({ copy }) => copy.record.collection === collection)
      // The former one has changed the records; the rest is as it was planned, or is refused.
      const fresh = n === 0 ? own : await replanned(tools, params, collection, own)
      await pullInto(tools, params.project, fresh, done)
    }
    return done
  })
}

/** The same plans on the records as they are now; the items stay those that are answered. */
async function replanned(
  tools: WorkTools,
  params: Omit<PullParams, 'dryRun'>,
  collection: string,
  before: readonly PlannedCopy[],
): Promise<PlannedCopy[]> {
  const again = await planProject(tools, { ...params, collection, direction: 'pull' }, true)
  return again.planned.flatMap((each) => {
    const { root, artifactPath } = each.copy.record
    const same = before.find(
      ({ copy: { record } }) => record.root === root && record.artifactPath === artifactPath,
    )
    return same ? [{ ...each, item: Object.assign(same.item, each.item) }] : []
  })
}

async function pullInto(
  tools: WorkTools,
  project: string,
  planned: readonly PlannedCopy[],
  done: SyncDone,
): Promise<void> {
  const collection = planned.find(({ copy }) => copy.collection)?.copy.collection
  if (!collection) return
  const store = objectsOf(tools)
  const forks = new Map<Carried, Fork>()
  const carried: Carried[] = []
  for (const each of planned) {
    const ready = await makeReady(store, each)
    if (!ready) continue
    if (each.plan.action === 'fork' && ready.place) {
      const taken = new Set([...forks.values()].map(({ path }) => path))
      const fork = await forkOf(collection, each.copy.record, taken).catch((error: unknown) => {
        if (!(error instanceof SmdError)) throw error
        failed(each, error.message)
        return null
      })
      if (!fork) continue
      ready.place = { ...ready.place, path: join(collection.folder, fork.path), expected: null }
      ready.record = { ...ready.record, name: fork.name }
      forks.set(ready, fork)
    }
    carried.push(ready)
  }
  if (carried.length === 0) return
  const [{ planned: first }] = carried as [Carried]
  const about = { name: first.copy.record.collection, folder: collection.folder }
  const places = carried.flatMap(({ place }) => place ?? [])
  await snapshotChanged(tools, about, titleOf('Pull', carried), places)
  const inCollection: ProjectChange = {
    folder: collection.folder,
    places,
    texts: [
      ...(await lockTexts(collection, carried, forks, tools.now)),
      ...(await manifestTexts(collection, forks, tools.now)),
    ],
  }
  const records = recordTexts(
    carried.map(({ record }) => record),
    tools.now,
  )
  // Each has its own time, by which they are told apart.
  const change = (request: Pick<OperationRequest, 'projects'>) =>
    changePlaces(operationTools({ ...tools, now: tools.now + done.operations.length }), {
      kind: 'pull',
      title: titleOf('Pull', carried),
      ...request,
    })
  const isOneDisk = (await stat(collection.folder)).dev === (await stat(project)).dev
  // On two disks the records follow: until then they say that there is something to be pulled, which does no harm.
  const steps: ProjectChange[] = isOneDisk
    ? [{ ...inCollection, texts: [...inCollection.texts, ...records] }]
    : [inCollection, { folder: project, places: [], texts: records }]
  for (const step of steps) {
    const { id, projects } = await change({ projects: [step] })
    if (id !== null) done.operations.push(id)
    const [outcome] = projects
    if (!outcome || !settle(carried, outcome)) return
    done.touched = [...new Set([...done.touched, collection.folder, project])]
  }
}

/**
 * Those with an upstream keep what they were fetched as: that they differ from it is what the lock is there to tell.
 * Nothing is added for what it does not name.
 */
async function lockTexts(
  { folder }: CollectionPlaces,
  carried: readonly Carried[],
  forks: ReadonlyMap<Carried, Fork>,
  now: number,
): Promise<TextChange[]> {
  const { path, text, expected } = await planLock(folder, (entries) => {
    for (const each of carried) {
      const { record } = each.planned.copy
      const entry = entries[lockKey(record.name, record.type)]
      if (!entry || entry.upstream !== undefined || forks.has(each)) continue
      if (!each.place?.want || !('h1' in each.place.want)) continue
      entry.content_hash = each.place.want.h1
      entry.fetched = writeTime(now)
    }
  })
  return expected === null || text === expected ? [] : [{ path, text, expected }]
}

/** A fork comes from nowhere but here; what people wrote of the original counts for it, too. */
async function manifestTexts(
  { folder }: CollectionPlaces,
  forks: ReadonlyMap<Carried, Fork>,
  now: number,
): Promise<TextChange[]> {
  if (forks.size === 0) return []
  const change = await planManifest(folder, now, ({ artifacts }) => {
    for (const [{ planned }, fork] of forks) {
      const { name, type } = planned.copy.record
      const original: Partial<ArtifactRow> =
        artifacts.find((row) => row.name === name && kindOf(row.type) === type) ?? {}
      const { tags, target_platforms, metadata } = original
      const kept = Object.entries({ tags, target_platforms, metadata }).filter(
        ([, value]) => value !== undefined,
      )
      artifacts.push({
        name: fork.name,
        type,
        path: fork.path,
        origin: 'local',
        added: writeTime(now),
        ...Object.fromEntries(kept),
      })
    }
  })
  return [change]
}
