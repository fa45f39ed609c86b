/** Which of several places of one name an agent uses (ecosystem spec 2.4). */
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

/** Which of two places of one name the host uses; among equals Claude Code's own folder, then the path. */
export function byEffect(a: Place, b: Place): number {
  const order = ORDER[a.type] ?? SKILL_ORDER
  return (
    order.indexOf(a.scope) - order.indexOf(b.scope) ||
    Number(b.host === 'claude-code') - Number(a.host === 'claude-code') ||
    (a.path < b.path ? -1 : 1)
  )
}
