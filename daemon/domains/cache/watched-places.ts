import type { DaemonContext } from '../../context.ts'
import { leaf } from '../../kernel/watcher/rule.ts'
import type { Watcher } from '../../kernel/watcher/watcher.ts'
import type { AgentFolder } from './scan/agents.ts'
import type { UnitRef } from './scan/job.ts'
import { DiscoveryRules, environmentRoots } from './watch-places.ts'
import { WatchRules } from './watch-rules.ts'

// What wants to know beside the units, whose ids are positive.
export const ENVIRONMENT = -1
export const CLAUDE_STATE = -2
export const DISCOVERY = -3
export const COOKIES = -4

/** Projects that are gone and may come back. */
const MOST_LOST = 1_000

/** The rules by which units and the places beside them are watched; the same objects as long as nothing changed. */
export class WatchedPlaces {
  readonly #ctx: Pick<DaemonContext, 'settings' | 'folders' | 'paths'>
  readonly #lost = new Set<string>()
  readonly #limit = { most: 0, folders: 0 }
  #units: { key: string; rules: WatchRules } | null = null
  #discovery: { key: string; rules: DiscoveryRules } | null = null

  constructor(ctx: Pick<DaemonContext, 'settings' | 'folders' | 'paths'>) {
    this.#ctx = ctx
  }

  /** Of units, with these rows of the configuration. */
  rulesFor(agentFolders: readonly AgentFolder[]): WatchRules {
    const key = JSON.stringify(agentFolders)
    if (this.#units?.key !== key)
      this.#units = { key, rules: new WatchRules(this.#ctx.folders, agentFolders) }
    return this.#units.rules
  }

  /** A project is not known any more: should it come back, it is new. */
  lost(path: string): void {
    if (this.#lost.size < MOST_LOST) this.#lost.add(path)
  }

  found(path: string): void {
    this.#lost.delete(path)
  }

  /** Watches what concerns all units, and where projects may appear. */
  cover(watcher: Watcher, units: Iterable<UnitRef>): void {
    const { folders, paths, settings } = this.#ctx
    const { discovery, watch } = settings.current
    watcher.set(ENVIRONMENT, environmentRoots(folders, paths))
    watcher.set(CLAUDE_STATE, [{ path: folders.claudeJson, rule: leaf }])
    const key = JSON.stringify(discovery)
    if (this.#discovery?.key !== key) {
      this.#discovery = { key, rules: new DiscoveryRules(discovery.skip, folders.home) }
    }
    this.#limit.most = watch.discovery_folders
    const projects = [...units].filter(({ unit }) => unit.kind === 'project').map(({ unit }) => unit.path)
    watcher.set(DISCOVERY, this.#discovery.rules.roots(discovery, projects, this.#lost, this.#limit))
  }
}
