/** Which of several places of one name an agent uses (ecosystem spec 1.3, 2.1 and 2.4). */
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'

/** What decides between two places. */
export type Place = { type: ArtifactType; scope: ArtifactScope; host: string; path: string }

const SKILL_ORDER: ArtifactScope[] = ['managed', 'user', 'project', 'local', 'plugin', 'collection']
const AGENT_ORDER: ArtifactScope[] = ['managed', 'project', 'local', 'user', 'plugin', 'collection']
const SERVER_ORDER: ArtifactScope[] = ['managed', 'local', 'project', 'user', 'plugin', 'collection']
const ORDER: Partial<Record<ArtifactType, ArtifactScope[]>> = {
  agent: AGENT_ORDER,
  workflow: AGENT_ORDER,
  mcp: SERVER_ORDER,
}

/** Which of two places of one name Claude Code uses; among equals its own folder, then the path. */
export const byEffect = (a: Place, b: Place): number => byScope(a, b) || (a.path < b.path ? -1 : 1)

/** As `byEffect`; 0 where the path decides. */
export function byScope(a: Omit<Place, 'path'>, b: Omit<Place, 'path'>): number {
  const order = ORDER[a.type] ?? SKILL_ORDER
  return (
    order.indexOf(a.scope) - order.indexOf(b.scope) ||
    Number(b.host === 'claude-code') - Number(a.host === 'claude-code')
  )
}

/** These add up, whatever their names. */
const NEVER_HIDDEN: ReadonlySet<ArtifactType> = new Set(['hook', 'memory', 'rule', 'plugin'])

export type Candidate = Place & {
  id: number
  name: string
  /** It lies inside another skill, and goes by the name of that one where its own is taken. */
  nested: boolean
  /** What a server is reached by; null when that is not known. */
  endpoint: string | null
}

/**
 * Ids of what is not used, each with the one that is used instead. Of artifacts in effect for one project, of all agents:
 * - Of one name the agent uses one; other agents than Claude Code prefer the project to the user also for skills.
 * - A skill of Claude Code hides its commands of the same name, wherever they are.
 * - What a plugin brings is called after the plugin and clashes with nothing; but a server that is reached as another one
 *   is, is not started twice.
 * - Hooks, memory files, rules and plugins are all used.
 */
export function hiddenOnes(candidates: readonly Candidate[]): Map<number, number> {
  const hidden = new Map<number, number>()
  const own = candidates.filter(
    ({ type, scope, nested }) => scope !== 'plugin' && !nested && !NEVER_HIDDEN.has(type),
  )
  const keyOf = ({ host, type, name }: Pick<Candidate, 'host' | 'type' | 'name'>): string =>
    JSON.stringify([host, type, name])
  const places = Map.groupBy(own, keyOf)
  const winners = new Map([...places].map(([key, group]) => [key, group.toSorted(byHostEffect)[0]]))
  for (const candidate of own) {
    const { id, host, type, name } = candidate
    const isCommand = type === 'command' && host === 'claude-code'
    const skill = isCommand ? winners.get(keyOf({ host, type: 'skill', name })) : undefined
    const winner = skill ?? winners.get(keyOf(candidate))
    if (winner && winner.id !== id) hidden.set(id, winner.id)
  }
  hideRepeatedServers(candidates, hidden)
  return hidden
}

function hideRepeatedServers(candidates: readonly Candidate[], hidden: Map<number, number>): void {
  const used = new Map<string, number>()
  const servers = candidates.filter(
    ({ id, type, host, endpoint }) =>
      type === 'mcp' && host === 'claude-code' && endpoint !== null && !hidden.has(id),
  )
  for (const { id, scope, endpoint } of servers.toSorted(byHostEffect)) {
    const other = used.get(endpoint as string)
    if (other === undefined) used.set(endpoint as string, id)
    else if (scope === 'plugin') hidden.set(id, other)
  }
}

/** As `byEffect` for places of one type, by the rules of each agent; those of different agents keep apart. */
export function byHostEffect(a: Place, b: Place): number {
  if (a.host !== b.host)
    return a.host === 'claude-code' || (b.host !== 'claude-code' && a.host < b.host) ? -1 : 1
  const order = orderOf(a)
  return order.indexOf(a.scope) - order.indexOf(b.scope) || (a.path < b.path ? -1 : 1)
}

function orderOf({ type, host }: Place): ArtifactScope[] {
  if (host === 'claude-code') return ORDER[type] ?? SKILL_ORDER
  return type === 'mcp' ? SERVER_ORDER : AGENT_ORDER
}
