import { SmdError } from '../../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import type { DaemonContext } from '../../../context.ts'
import { nextTurn } from '../../../kernel/rpc/turn.ts'
import { showArtifact } from '../artifacts-service.ts'
import { selectSketches } from './contents-repo.ts'
import { type Copies, copiesOf, showContents } from './copies.ts'
import { alikePairs } from './pairs.ts'
import { likeness } from './sketch.ts'

type Duplicates = ResultOf<'contents.duplicates'>

/** Sketches compared in one turn: about 5 ms. */
const SLICE = 10_000

/**
 * What is nearly the same as one artifact, the most alike first, each content once. Errors: those of `artifacts.show`;
 * `artifact.no_text`.
 */
export async function similarContents(
  ctx: DaemonContext,
  { name, type, project, limit, min }: ParsedParamsOf<'contents.similar'>,
): Promise<ResultOf<'contents.similar'>> {
  await ctx.contents.ready()
  const { id } = showArtifact(ctx, { name, type, project })
  const copies = await copiesOf(ctx)
  const sketches = selectSketches(ctx.db)
  const copy = [...copies.values()].flat().find(({ uid }) => uid === id)
  const sketch = sketches.find((other) => other.id === copy?.contentId)?.sketch
  const [own] = copy ? showContents(ctx, [{ copy, copies: 1 }]) : []
  if (!copy || !sketch || !own) throw new SmdError('artifact.no_text', { name })
  const alike: Array<{ contentId: number; likeness: number }> = []
  for (let at = 0; at < sketches.length; at += SLICE) {
    if (at > 0) await nextTurn()
    for (const other of sketches.slice(at, at + SLICE)) {
      if (other.id === copy.contentId) continue
      const found = likeness(sketch, other.sketch)
      if (found >= min) alike.push({ contentId: other.id, likeness: found })
    }
  }
  alike.sort((a, b) => b.likeness - a.likeness || a.contentId - b.contentId)
  const page = alike.filter(({ contentId }) => copies.has(contentId)).slice(0, limit)
  const found = page.flatMap(({ contentId, likeness }) =>
    firstOf(copies, contentId).map((one) => ({ ...one, likeness })),
  )
  const likenesses = new Map(found.map((one) => [one.copy.uid, one.likeness]))
  return {
    artifact: own.artifact,
    items: showContents(ctx, found).map((item) => ({
      ...item,
      likeness: likenesses.get(item.artifact.id) ?? 0,
    })),
  }
}

function firstOf(copies: Copies, contentId: number) {
  const found = copies.get(contentId) ?? []
  const [copy] = found
  return copy ? [{ copy, copies: found.length }] : []
}

/** Groups of contents that are alike, and of names that have the same content. */
export async function duplicateContents(
  ctx: DaemonContext,
  { type, threshold, limit }: ParsedParamsOf<'contents.duplicates'>,
): Promise<Duplicates> {
  await ctx.contents.ready()
  const all = await copiesOf(ctx)
  const copies = new Map([...all].filter(([, [first]]) => type === undefined || first?.type === type))
  const groups = [
    ...sameGroups(copies),
    ...(threshold < 1 ? await similarGroups(ctx, copies, threshold) : []),
  ]
  groups.sort(
    (a, b) => b.likeness - a.likeness || b.members.length - a.members.length || a.contentId - b.contentId,
  )
  return {
    groups: groups.slice(0, limit).map(({ kind, likeness, type, members }) => ({
      kind,
      likeness,
      type,
      items: showContents(ctx, members),
    })),
    total: groups.length,
  }
}

type Group = Omit<Duplicates['groups'][number], 'items'> & {
  /** Of the first; for the order. */
  contentId: number
  members: Parameters<typeof showContents>[1]
}

/** One content under several names. */
function sameGroups(copies: Copies): Group[] {
  return [...copies].flatMap(([contentId, found]) => {
    const byName = Map.groupBy(found, ({ name, type }) => JSON.stringify([type, name.toLowerCase()]))
    const [first] = found
    if (byName.size < 2 || !first) return []
    const members = [...byName.values()].flatMap(([copy, ...others]) =>
      copy ? { copy, copies: 1 + others.length } : [],
    )
    members.sort((a, b) => b.copies - a.copies)
    return { kind: 'same' as const, likeness: 1, type: first.type, contentId, members }
  })
}

async function similarGroups(ctx: DaemonContext, copies: Copies, threshold: number): Promise<Group[]> {
  const sketches = selectSketches(ctx.db).filter(({ id }) => copies.has(id))
  const byType = Map.groupBy(sketches, ({ id }) => copies.get(id)?.[0]?.type)
  const groups: Group[] = []
  for (const [type, some] of byType) {
    if (type === undefined) continue
    for (const { likeness, ids } of await alikePairs(some, threshold)) {
      const members = ids.flatMap((id) => firstOf(copies, id))
      members.sort((a, b) => b.copies - a.copies)
      groups.push({ kind: 'similar', likeness, type, contentId: ids[0] as number, members })
    }
  }
  return groups
}
