import { realpath } from 'node:fs/promises'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type ObjectStore, shownPath, systemPath, type Tree } from '../objects/index.ts'
import {
  type Content,
  changePlaces,
  contentOf,
  markOf,
  objectsOf,
  operationTools,
  type PlaceChange,
  type TextChange,
} from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { writeAudit } from './audit.ts'
import { ownFiles } from './collection-places.ts'
import { itemOf, type SnapshotItem } from './list-snapshots.ts'
import { type LoadedSnapshot, loadSnapshot } from './load-snapshot.ts'
import { readRecordedHashes } from './recorded-hashes.ts'
import { type FileFate, isChosen, type PlacePlan, type PlanOptions, planRollback } from './rollback-plan.ts'
import { planRows, type RowChanges } from './rollback-rows.ts'
import { snapshotBefore } from './snapshot-before.ts'
import { collectionFolder } from './take-snapshot.ts'

export type RollbackRequest = PlanOptions & { collection: string; id: string }

export type RollbackAnswer = {
  snapshot: SnapshotItem
  isSafe: boolean
  files: FileFate[]
  entries: string[]
  warnings: string[]
}

type Prepared = {
  root: string
  snapshot: LoadedSnapshot
  places: PlacePlan[]
  rows: RowChanges
  answer: RollbackAnswer
}

/** What going back means. Errors: `snapshot.*`, `object.*`. */
export const analyzeRollback = async (tools: WorkTools, request: RollbackRequest): Promise<RollbackAnswer> =>
  (await prepare(tools, request)).answer

/**
 * Goes back: the places and the entries of manifest and lock that belong to them, wholly or not at all, after a snapshot of
 * what is there now. Call it inside `exclusively`. Errors: those of `analyzeRollback`; `snapshot.changed_meanwhile`.
 */
export async function rollback(
  tools: WorkTools,
  request: RollbackRequest,
): Promise<RollbackAnswer & { safetySnapshotId: string | null; path: string }> {
  const { root, places, rows, answer } = await prepare(tools, request)
  if (places.length === 0 && rows.texts.length === 0) return { ...answer, safetySnapshotId: null, path: root }
  const { collection, id } = request
  const safety = await snapshotBefore(
    tools,
    collection,
    `Before going back to ${id}`,
    places.map(({ place }) => place),
  )
  const store = objectsOf(tools)
  const { projects } = await changePlaces(operationTools(tools), {
    kind: 'rollback',
    title: `${collection} back to ${id}`,
    projects: [{ folder: root, ...(await toChanges(store, root, places, rows.texts)) }],
  })
  const [result] = projects
  const isDone = result?.outcome === 'done'
  const { path: found = root, reason = 'it was changed meanwhile' } = result?.problem ?? {}
  // What is made ready beside the artifacts means nothing to people.
  const path = found.includes('/.smd-') ? root : found
  const done = { ...request, safetyId: safety.id, files: answer.files }
  const unnoted = await writeAudit(tools, done, isDone ? null : `${path}: ${reason}`)
  if (!isDone) throw new SmdError('snapshot.changed_meanwhile', { path, reason })
  const warnings = [...answer.warnings, ...(unnoted === null ? [] : [unnoted])]
  return { ...answer, warnings, safetySnapshotId: safety.id, path: root }
}

async function prepare(tools: WorkTools, request: RollbackRequest): Promise<Prepared> {
  const { collection, id, paths } = request
  const root = await realpath(await collectionFolder(tools.folders, collection))
  const store = objectsOf(tools)
  const snapshot = await loadSnapshot(tools, store, collection, id)
  // Going back wholly takes manifest and lock as they were; otherwise the entries of other artifacts stay as they are.
  const isWhole = snapshot.places === null && paths === null && !request.keepChanges
  const takesOwn = isWhole || ownFiles.some((name) => (paths ?? snapshot.places ?? []).includes(name))
  const { places, files } = await planRollback(
    store,
    root,
    snapshot,
    await readRecordedHashes(root),
    (place) => takesOwn || !ownFiles.includes(place),
    request,
  )
  const rows = takesOwn
    ? { texts: [], entries: [] }
    : await planRows(store, root, snapshot, rowChooser(snapshot, places, request), tools.now)
  if (paths) await checkPaths(store, snapshot, files, request)
  return {
    root,
    snapshot,
    places,
    rows,
    answer: {
      snapshot: await itemOf(tools.folders, collection, snapshot.id),
      isSafe: files.every(({ conflict }) => conflict === null),
      files,
      entries: rows.entries,
      warnings: warningsOf(snapshot, files),
    },
  }
}

/** Whose entries go back: with edits kept only those of places that change, else all that somebody chose. */
function rowChooser(
  { places: scope }: LoadedSnapshot,
  changed: readonly PlacePlan[],
  { paths, keepChanges }: RollbackRequest,
): (place: string) => boolean {
  const places = new Set(changed.map(({ place }) => place))
  return (place) =>
    isChosen(place, paths, false) && (!scope || scope.includes(place)) && (!keepChanges || places.has(place))
}

/** A path that names nothing is a mistake, not a wish for nothing. */
async function checkPaths(
  store: ObjectStore,
  { entries }: LoadedSnapshot,
  files: readonly FileFate[],
  { paths, id }: RollbackRequest,
): Promise<void> {
  for (const path of paths ?? []) {
    if (files.some((file) => isChosen(file.path, [path], false))) continue
    const place = [...entries.values()].find((entry) => isChosen(entry.place, [path], true))
    const tree = place && (await store.tree(place.tree))
    const isThere = tree?.entries.some((entry) =>
      isChosen(entry.path === '' ? (place?.place ?? '') : `${place?.place}/${entry.path}`, [path], false),
    )
    if (!isThere) throw new SmdError('snapshot.no_such_path', { path, id })
  }
}

function warningsOf({ places }: LoadedSnapshot, files: readonly FileFate[]): string[] {
  const removed = files.filter(({ action }) => action === 'remove').length
  const edited = files.filter(({ conflict, action }) => conflict !== null && action !== 'keep').length
  const kept = files.filter(({ conflict, action }) => conflict !== null && action === 'keep').length
  return [
    ...(places ? ['The snapshot holds only what was about to change then.'] : []),
    ...(removed > 0 ? [`${count(removed, 'file')} that came later will be removed.`] : []),
    ...(edited > 0 ? [`${count(edited, 'file')} with edits since then will be replaced.`] : []),
    ...(kept > 0 ? [`${count(kept, 'file')} cannot be merged and will stay as now.`] : []),
  ]
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Files of the collection itself go as texts, so that there is no moment without a manifest. */
async function toChanges(
  store: ObjectStore,
  root: string,
  plans: readonly PlacePlan[],
  texts: readonly TextChange[],
): Promise<{ places: PlaceChange[]; texts: TextChange[] }> {
  const changes = { places: [] as PlaceChange[], texts: [...texts] }
  for (const { place, now, want: make } of plans) {
    const want = await make()
    const path = systemPath(root, place)
    if (typeof path !== 'string') throw new SmdError('object.bad_path', { path: shownPath(place) })
    const [before, after] = ownFiles.includes(place)
      ? [await textOf(store, now), await textOf(store, want)]
      : [undefined, undefined]
    if (before !== undefined && after !== undefined)
      changes.texts.push({ path, text: after, expected: before })
    else
      changes.places.push({
        path,
        want: await toContent(store, want),
        expected: markOf(await toContent(store, now)),
      })
  }
  return changes
}

/** Null for no file; undefined for what is no text. */
async function textOf(store: ObjectStore, tree: Tree | null): Promise<string | null | undefined> {
  if (!tree) return null
  const [file] = tree.entries
  const content = tree.isFile && file?.kind === 'file' ? await store.read(file.digest) : null
  const text = content?.toString()
  return content && text !== undefined && Buffer.from(text).equals(content) ? text : undefined
}

/** A link in place of an artifact is put there as one. */
async function toContent(store: ObjectStore, tree: Tree | null): Promise<Content> {
  const [first] = tree?.entries ?? []
  if (!tree || !first) return tree && contentOf(tree)
  if (first.path !== '' || first.kind !== 'link') return contentOf(tree)
  const link = await store.read(first.digest)
  if (!link) throw new SmdError('object.missing', { path: first.path, digest: first.digest })
  return { link: link.toString() }
}
