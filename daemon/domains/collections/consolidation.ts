/**
 * Which artifacts of a collection belong together, and which of them is kept: pure rules.
 *
 * To be alike is no equivalence: by steps of 50 % anything leads to anything. So a group has a middle, the one that is kept,
 * and all others are each as like to it as was asked for.
 */
import { type KeepRule, keepRules } from '../../../protocol/vocabulary.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'

/** An artifact of the collection that can be compared. */
export type Candidate = {
  /** `type:name`. */
  ref: string
  name: string
  type: string
  /** H1 of what lies there, hex. */
  hash: string
  /** Records of deployments. */
  deployments: number
  /** Whether it has a source. */
  isFollowed: boolean
  /** ISO 8601; null when the manifest does not say. */
  added: string | null
}

export type CandidateGroup = {
  keep: Candidate
  remove: Candidate[]
  /** Of the one that is least like the kept one; 1 for the same. */
  likeness: number
}

export type Rules = {
  keepRule: KeepRule
  /** References of those that are kept in any case. */
  keep: ReadonlySet<string>
  min: number
  /** 0 to 1; null where nobody knows. */
  likeness(a: string, b: string): number | null
}

/**
 * Groups around the ones that are kept, the most alike and largest first. What is the same comes together first; the one that
 * is kept of it may be kept of what is only alike as well, and goes in no group. `alike`: hashes of what may belong together.
 */
export async function groupCandidates(
  candidates: readonly Candidate[],
  alike: ReadonlyArray<readonly string[]>,
  rules: Rules,
): Promise<CandidateGroup[]> {
  const bySame = [...Map.groupBy(candidates, ({ type, hash }) => `${type}:${hash}`).values()]
  const groups = bySame.map((some) => around(some, rules)).filter(({ remove }) => remove.length > 0)
  const taken = new Set(groups.flatMap(({ remove }) => remove))
  const pinned = { ...rules, keep: new Set([...rules.keep, ...groups.map(({ keep }) => keep.ref)]) }
  const byHash = Map.groupBy(
    candidates.filter((each) => !taken.has(each)),
    ({ hash }) => hash,
  )
  for (const hashes of alike) {
    const some = hashes.flatMap((hash) => byHash.get(hash) ?? [])
    for (const ofType of Map.groupBy(some, ({ type }) => type).values())
      groups.push(...(await split(ofType, pinned)))
  }
  return groups.sort(
    (a, b) =>
      b.likeness - a.likeness || b.remove.length - a.remove.length || (a.keep.ref < b.keep.ref ? -1 : 1),
  )
}

/** All of one content around the one to keep; whoever says that several are to be kept does not want one of them to go. */
function around(some: readonly Candidate[], rules: Rules): CandidateGroup {
  const [keep, ...others] = [...some].sort(byPreference(rules)) as [Candidate, ...Candidate[]]
  return { keep, remove: others.filter(({ ref }) => !rules.keep.has(ref)), likeness: 1 }
}

/** The one to keep with all that are like it, then the same among the rest; others have their turns in between. */
async function split(some: readonly Candidate[], rules: Rules): Promise<CandidateGroup[]> {
  const groups: CandidateGroup[] = []
  let rest = [...some].sort(byPreference(rules))
  for (let [keep, ...others] = rest; keep; [keep, ...others] = rest) {
    await nextTurn()
    const kept = keep
    const found = others.flatMap((each) => {
      const likeness = rules.likeness(kept.hash, each.hash) ?? 0
      return likeness >= rules.min && !rules.keep.has(each.ref) ? [{ each, likeness }] : []
    })
    if (found.length > 0)
      groups.push({
        keep,
        remove: found.map(({ each }) => each),
        likeness: Math.min(...found.map(({ likeness }) => likeness)),
      })
    const gone = new Set(found.map(({ each }) => each))
    rest = others.filter((each) => !gone.has(each))
  }
  return groups
}

type Compare = (a: Candidate, b: Candidate) => number

const timeOf = ({ added }: Candidate): string => added ?? '9'
const compares: Record<KeepRule, Compare> = {
  used: (a, b) => b.deployments - a.deployments,
  source: (a, b) => Number(b.isFollowed) - Number(a.isFollowed),
  oldest: (a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0),
  newest: (a, b) => ((a.added ?? '') > (b.added ?? '') ? -1 : (a.added ?? '') < (b.added ?? '') ? 1 : 0),
}

/** The rule that was asked for, then the others. */
const inOrder = (rule: KeepRule): KeepRule[] => [rule, ...keepRules.filter((each) => each !== rule)]

const byPreference =
  ({ keepRule, keep }: Pick<Rules, 'keepRule' | 'keep'>): Compare =>
  (a, b) => {
    const chosen = Number(keep.has(b.ref)) - Number(keep.has(a.ref))
    if (chosen !== 0) return chosen
    for (const rule of inOrder(keepRule)) {
      const order = compares[rule](a, b)
      if (order !== 0) return order
    }
    return a.name < b.name ? -1 : 1
  }

/** Why this one is kept: the first rule by which it comes before one of the others. */
export function reasonFor(
  keep: Candidate,
  others: readonly Candidate[],
  rules: Pick<Rules, 'keepRule' | 'keep'>,
): string {
  if (rules.keep.has(keep.ref)) return 'You chose it.'
  const rule = inOrder(rules.keepRule).find((each) => others.some((other) => compares[each](keep, other) < 0))
  if (rule === 'used')
    return `It is deployed most: ${keep.deployments} ${keep.deployments === 1 ? 'time' : 'times'}.`
  if (rule === 'source') return 'It has a source that is followed.'
  if (rule === 'oldest') return 'It was added first.'
  if (rule === 'newest') return 'It was added last.'
  return others.some(({ name }) => name < keep.name) ? 'It is kept anyway.' : 'Its name comes first.'
}
