import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { type AlikeContents, alikeContents } from '../cache/index.ts'
import {
  type DeployedRow,
  selectDeployedFrom,
  selectHashesIn,
  selectUnrecordedCopies,
} from './consolidate-repo.ts'
import { type Candidate, groupCandidates, type Rules, reasonFor } from './consolidation.ts'
import { withReasons } from './deployments-service.ts'
import { doWork } from './do-work.ts'
import { touched } from './touched.ts'
import type { WorkParams, WorkResult } from './work/index.ts'
import { stemOf } from './work/library/names.ts'

type Params = ParsedParamsOf<'collections.consolidate'>
type Result = ResultOf<'collections.consolidate'>
type Shown = WorkResult<'showCollection'>
type Group = WorkParams<'consolidate'>['groups'][number]

/**
 * Brings together what stands in a collection more than once, with what the cache knows of contents and deployments; or
 * only says what that would mean. What changed is read again before it is answered. Errors: those of the method.
 */
export async function consolidate(ctx: DaemonContext, params: Params): Promise<Result> {
  await ctx.refresher.beforeRead()
  const shown = await doWork(ctx, 'showCollection', { name: params.collection ?? null, check: false })
  const deployed = selectDeployedFrom(ctx.db, shown.name)
  const candidates = candidatesIn(ctx, shown, deployed)
  checkNames(shown, [...(params.artifacts ?? []), ...params.keep])
  const isMin = params.min === 1
  const hashes = candidates.map(({ hash }) => hash)
  const alike = isMin ? nothingAlike : await alikeContents(ctx, hashes, params.min)
  const rules: Rules = {
    keepRule: params.keepRule,
    keep: new Set(candidates.filter((each) => isNamed(each, params.keep)).map(({ ref }) => ref)),
    min: params.min,
    likeness: alike.likeness,
  }
  const groups = params.groups ?? (await foundGroups(candidates, alike, rules, params))
  const done = await doWork(ctx, 'consolidate', {
    collection: shown.name,
    groups,
    found: params.groups ? null : { onlySame: isMin, limit: params.limit },
    ...holders(deployed, groups),
    copies: copiesOf(ctx, candidates, groups),
    expect: params.expect ?? null,
    dryRun: params.dryRun,
  })
  if (done.touched.length > 0) await touched(ctx, { paths: done.touched })
  if (done.outcome === 'done') note(ctx, done)
  return toResult(ctx, done, candidates, rules)
}

const nothingAlike: AlikeContents = { groups: [], likeness: () => null }

/** What lies where the manifest says, as far as the cache has read it. */
function candidatesIn(
  { db }: DaemonContext,
  { path: folder, artifacts }: Shown,
  deployed: readonly DeployedRow[],
): Candidate[] {
  const hashes = selectHashesIn(db, folder)
  const counts = new Map<string, number>()
  for (const { name, type } of deployed)
    counts.set(keyOf(type, name), (counts.get(keyOf(type, name)) ?? 0) + 1)
  return artifacts.flatMap(({ name, type, path, upstream, added }) => {
    const hash = hashes.get(path)
    if (hash === undefined) return []
    const deployments = counts.get(keyOf(type, name)) ?? 0
    return [{ ref: `${type}:${name}`, name, type, hash, deployments, isFollowed: upstream !== null, added }]
  })
}

/** A name that means nothing is a mistake, not a wish for nothing. Errors: `collection.artifact_not_found`. */
function checkNames({ name: collection, artifacts }: Shown, names: readonly string[]): void {
  const known = artifacts.map(({ type, name }) => ({ ref: `${type}:${name}`, name }))
  const wrong = names.find((name) => !known.some((each) => isNamed(each, [name])))
  if (wrong !== undefined)
    throw new SmdError('collection.artifact_not_found', { collection, what: `artifact ${wrong}` })
}

const keyOf = (type: string, name: string): string => `${type}:${stemOf(name)}`

const isNamed = ({ ref, name }: Pick<Candidate, 'ref' | 'name'>, names: readonly string[]): boolean =>
  names.some((each) => each === ref || stemOf(each) === stemOf(name) || each === name)

async function foundGroups(
  candidates: readonly Candidate[],
  alike: AlikeContents,
  rules: Rules,
  { artifacts, type }: Params,
): Promise<Group[]> {
  const wanted = candidates.filter((each) => type === undefined || each.type === type)
  const groups = await groupCandidates(wanted, alike.groups, rules)
  return groups
    .filter(
      ({ keep, remove }) =>
        artifacts === undefined || [keep, ...remove].some((each) => isNamed(each, artifacts)),
    )
    .map(({ keep, remove }) => ({ keep: keep.ref, remove: remove.map(({ ref }) => ref) }))
}

/** Projects that have one of those that go, each once, and which of them. */
function holders(
  deployed: readonly DeployedRow[],
  groups: readonly Group[],
): Pick<WorkParams<'consolidate'>, 'targets' | 'forUser'> {
  // As found or named, with its type or without: what really goes is looked up when it is planned.
  const gone = new Set(
    groups.flatMap(({ keep, remove }) =>
      [keep, ...remove].flatMap((ref) => [stemOf(ref), stemOf(ref.slice(ref.indexOf(':') + 1))]),
    ),
  )
  const targets = new Map<string, { path: string; name: string; has: string[] }>()
  const forUser: string[] = []
  for (const { type, name, path, project } of deployed) {
    if (!gone.has(stemOf(name))) continue
    const target = path === null ? null : (targets.get(path) ?? { path, name: project ?? path, has: [] })
    if (target) targets.set(target.path, target)
    const has = target?.has ?? forUser
    has.push(keyOf(type, name))
  }
  return { targets: [...targets.values()], forUser }
}

/** What no record names of the same content as what may go: some of it may be links to it. */
function copiesOf(
  { db }: DaemonContext,
  candidates: readonly Candidate[],
  groups: readonly Group[],
): string[] {
  const gone = groups.flatMap(({ keep, remove }) => [keep, ...remove])
  const hashes = candidates.filter((each) => isNamed(each, gone)).map(({ hash }) => hash)
  return hashes.length === 0 ? [] : selectUnrecordedCopies(db, hashes).map(({ path }) => path)
}

function toResult(
  { db }: DaemonContext,
  done: WorkResult<'consolidate'>,
  candidates: readonly Candidate[],
  rules: Rules,
): Result {
  const byRef = new Map(candidates.map((each) => [each.ref, each]))
  const gone: string[] = []
  const groups = done.groups.map(({ keep, remove, isSame, gains }): Result['groups'][number] => {
    const find = (name: string): Candidate | undefined => byRef.get(`${keep.type}:${name}`)
    const kept = find(keep.name)
    const others = remove.flatMap(({ name }) => find(name) ?? [])
    gone.push(...others.map(({ hash }) => hash))
    return {
      type: keep.type,
      kind: isSame ? 'same' : 'similar',
      keep: {
        name: keep.name,
        path: keep.path,
        reason: kept ? reasonFor(kept, others, rules) : 'You chose it.',
        deployments: kept?.deployments ?? 0,
      },
      remove: remove.map(({ name, path, filesRemoved }) => {
        const one = find(name)
        const likeness = isSame ? 1 : kept && one ? rules.likeness(kept.hash, one.hash) : null
        return { name, path, filesRemoved, likeness, deployments: one?.deployments ?? 0 }
      }),
      gains,
      warnings: remove.flatMap(({ name, upstream, linkedFrom }) => [
        ...(upstream === null || gains.source === upstream
          ? []
          : [`The source of ${name} is followed no longer: ${upstream}`]),
        ...linkedFrom.map((path) => `The files of ${name} stay, because a link leads to them: ${path}`),
      ]),
    }
  })
  const { folder: path, touched: _, projects, beyond, ...rest } = done
  return {
    ...rest,
    path,
    groups,
    total: groups.length + beyond,
    projects: projects.map(withReasons),
    untouched: gone.length === 0 ? [] : selectUnrecordedCopies(db, gone),
  }
}

function note({ analytics }: DaemonContext, { collection, groups }: WorkResult<'consolidate'>): void {
  analytics.note(
    ...groups.flatMap(({ keep, remove }) =>
      remove.map(({ name }) => ({
        type: 'remove' as const,
        name,
        artifactType: keep.type,
        collection,
        metadata: { from_project: false, reason: `consolidated into ${keep.name}` },
      })),
    ),
  )
}
