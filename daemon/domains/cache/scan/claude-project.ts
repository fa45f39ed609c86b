/** What `~/.claude.json` and the settings say of one unit: its servers, and which of them may run. */
import { realpathSync } from 'node:fs'
import type { ServerApproval } from './mcp-servers.ts'
import type { ClaudeProjectState, ClaudeState, ScanEnvironment, ScanUnit } from './types.ts'

type Approvals = Pick<ClaudeProjectState, 'enabledMcpjsonServers' | 'disabledMcpjsonServers'> & {
  enableAllProjectMcpServers?: boolean
}

/** A server of `.mcp.json` runs only when some place approves it and none rejects it. */
export function approvalBy(
  places: ReadonlyArray<Approvals | null | undefined>,
): (name: string) => ServerApproval {
  const known = places.filter((place) => place !== null && place !== undefined)
  return (name) => {
    if (known.some((place) => place.disabledMcpjsonServers.includes(name))) return 'rejected'
    const approved = known.some(
      (place) => place.enableAllProjectMcpServers === true || place.enabledMcpjsonServers.includes(name),
    )
    return approved ? 'approved' : 'pending'
  }
}

export type ClaudeSlice = { servers: Record<string, unknown>; project: ClaudeProjectState | null }

/** What of the state concerns a unit. */
export function claudeSlice(unit: ScanUnit, env: ScanEnvironment): ClaudeSlice {
  if (unit.kind === 'user') return { servers: env.claude.mcpServers, project: null }
  const project = unit.kind === 'project' ? claudeProject(env.claude, unit.path) : null
  return { servers: project?.mcpServers ?? {}, project }
}

/** By real path, for states whose keys were written through links; made when first asked for. */
const realPaths = new WeakMap<ClaudeState, Map<string, ClaudeProjectState>>()

/** The state of a project given by its real path. */
function claudeProject(state: ClaudeState, path: string): ClaudeProjectState | null {
  if (Object.hasOwn(state.projects, path)) return state.projects[path] ?? null
  let known = realPaths.get(state)
  if (!known) {
    known = new Map()
    for (const [written, project] of Object.entries(state.projects)) {
      try {
        known.set(realpathSync(written), project)
      } catch {
        // Gone or unreadable: no unit has this path
      }
    }
    realPaths.set(state, known)
  }
  return known.get(path) ?? null
}
