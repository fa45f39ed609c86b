import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { artifactId } from '../cache/index.ts'
import { doWork } from './do-work.ts'
import { given } from './given.ts'
import { type GroupRow, selectGroups, selectMembers } from './labels-repo.ts'
import { touched } from './touched.ts'
import type { WorkName, WorkParams, WorkResult } from './work/index.ts'

type Group = ResultOf<'groups.list'>['items'][number]
type WholeGroup = ResultOf<'groups.show'>

const toGroup = ({ id: _, members, unresolved, ...row }: GroupRow): Group => ({
  ...row,
  artifactCount: members - unresolved,
  unresolvedCount: unresolved,
})

/** Groups in their order. */
export function listGroups(
  { db }: Pick<DaemonContext, 'db'>,
  { collection, search, artifact }: ParsedParamsOf<'groups.list'>,
): ResultOf<'groups.list'> {
  const words = search?.toLowerCase()
  const wanted = artifact?.toLowerCase()
  const rows = selectGroups(db, collection ?? null).filter(
    ({ id, name, description }) =>
      (words === undefined || `${name}\n${description}`.toLowerCase().includes(words)) &&
      (wanted === undefined ||
        selectMembers(db, id).some(
          (each) =>
            `${each.type}:${each.name}`.toLowerCase() === wanted || each.name.toLowerCase() === wanted,
        )),
  )
  return { items: rows.map(toGroup), total: rows.length }
}

/** Errors: `group.not_found`, `collection.not_found`. */
export async function showGroup(
  ctx: DaemonContext,
  { collection, name }: ParsedParamsOf<'groups.show'>,
): Promise<WholeGroup> {
  return wholeGroup(ctx, collection ?? (await doWork(ctx, 'activeCollectionName', {})), name)
}

function wholeGroup({ db }: Pick<DaemonContext, 'db'>, collection: string, name: string): WholeGroup {
  const row = selectGroups(db, collection).find((each) => each.name === name)
  if (!row) throw new SmdError('group.not_found', { collection, name })
  const members = selectMembers(db, row.id).map((each) => ({
    member: each.member,
    position: each.position,
    resolved: each.is_resolved === 1,
    artifact:
      each.uid && each.artifact_name !== null
        ? { id: artifactId(each.uid), name: each.artifact_name, type: each.artifact_type as ArtifactType }
        : null,
  }))
  return { ...toGroup(row), members }
}

type GroupWork =
  | 'createGroup'
  | 'updateGroup'
  | 'copyGroup'
  | 'reorderGroups'
  | 'assignMembers'
  | 'orderMembers'

/** Changes the manifest and has the collection read again. */
async function change<Name extends GroupWork & WorkName>(
  ctx: DaemonContext,
  name: Name,
  params: WorkParams<Name>,
): Promise<WorkResult<GroupWork>> {
  const done = await doWork(ctx, name, params)
  await touched(ctx, { paths: [done.folder] })
  return done
}

const changed = (ctx: DaemonContext, { collection, name }: WorkResult<GroupWork>): WholeGroup =>
  wholeGroup(ctx, collection, name)

export async function createGroup(
  ctx: DaemonContext,
  { collection, ...params }: ParsedParamsOf<'groups.create'>,
): Promise<WholeGroup> {
  return changed(ctx, await change(ctx, 'createGroup', { collection: collection ?? null, ...given(params) }))
}

export async function updateGroup(
  ctx: DaemonContext,
  { collection, ...params }: ParsedParamsOf<'groups.update'>,
): Promise<WholeGroup> {
  return changed(ctx, await change(ctx, 'updateGroup', { collection: collection ?? null, ...given(params) }))
}

/** Answers the group as it was. */
export async function deleteGroup(
  ctx: DaemonContext,
  { collection, name }: ParsedParamsOf<'groups.delete'>,
): Promise<WholeGroup> {
  const group = await showGroup(ctx, { collection, name })
  const { folder } = await doWork(ctx, 'deleteGroup', { collection: group.collection, name })
  await touched(ctx, { paths: [folder] })
  return group
}

export async function copyGroup(
  ctx: DaemonContext,
  { collection, name, to, newName }: ParsedParamsOf<'groups.copy'>,
): Promise<WholeGroup> {
  const params = { collection: collection ?? null, name, to: to ?? null, newName: newName ?? null }
  return changed(ctx, await change(ctx, 'copyGroup', params))
}

export async function reorderGroups(
  ctx: DaemonContext,
  { collection, names }: ParsedParamsOf<'groups.reorder'>,
): Promise<ResultOf<'groups.reorder'>> {
  const done = await change(ctx, 'reorderGroups', { collection: collection ?? null, names })
  return listGroups(ctx, { collection: done.collection })
}

export async function assignMembers(
  ctx: DaemonContext,
  { collection, position, from, ...params }: ParsedParamsOf<'groups.assign'>,
): Promise<WholeGroup> {
  const wanted = { collection: collection ?? null, position: position ?? null, from: from ?? null, ...params }
  return changed(ctx, await change(ctx, 'assignMembers', wanted))
}

export async function orderMembers(
  ctx: DaemonContext,
  { collection, ...params }: ParsedParamsOf<'groups.order'>,
): Promise<WholeGroup> {
  return changed(ctx, await change(ctx, 'orderMembers', { collection: collection ?? null, ...params }))
}
