/**
 * What the generator wrote, artifact by artifact: the answer a scan must give, kept without any scanner.
 *
 * Counting rules, where the specifications leave room:
 * - a link from `.claude/skills` to `.agents/skills` of the same unit is the same skill, listed under `aliases`;
 * - a link that leaves the unit is a skill of its own;
 * - each hook handler and each server is one artifact; a plugin is one artifact besides those inside it;
 * - each folder of the plugin cache that `installed_plugins.json` names counts, superseded copies do not;
 * - marketplace clones, noise folders and anything in `node_modules` count nothing.
 */
import type { ArtifactScope, ArtifactType } from '../../protocol/vocabulary.ts'

/** How a copy was made to deviate from what its format asks for. */
export type Deviation = 'bom' | 'crlf' | 'latin1' | 'invalid-yaml' | 'no-frontmatter'

/** One artifact a scan must find. Paths are relative to the home folder, `/`-separated. */
export type ExpectedArtifact = {
  type: ArtifactType
  scope: ArtifactScope
  /** What the host calls it: a skill's folder, an agent's `name`, a file's stem, a server's key. */
  name: string
  /** Agent whose folder it lies in: `claude-code`, `codex`, `cursor`, …; `agents` for `.agents` and `AGENTS.md`. */
  host: string
  /** Folder of the project, plugin or collection it belongs to; empty for the user's own. */
  unit: string
  /** Folder of a skill or plugin, else the file. */
  path: string
  /** Server name, or `Event/group/handler` of a hook; empty otherwise. */
  fragment: string
  /** Other paths that lead to the same artifact. */
  aliases?: string[]
  deviation?: Deviation
  /** Its files differ from what its deployment record or lock file says. */
  localModified?: true
  /** A newer copy lies in the collection, or the marketplace offers another version. */
  isOutdated?: true
}

export type ExpectedCounts = {
  total: number
  byType: Partial<Record<ArtifactType, number>>
  byScope: Partial<Record<ArtifactScope, number>>
  /** By `scope/type`, e.g. `project/skill`. */
  byScopeAndType: Record<string, number>
  localModified: number
  outdated: number
  deviating: number
}

/** Counts of a list of expected artifacts, keys sorted. */
export function countExpected(artifacts: readonly ExpectedArtifact[]): ExpectedCounts {
  const tally = <K extends string>(keyOf: (a: ExpectedArtifact) => K): Record<K, number> => {
    const counts = {} as Record<K, number>
    for (const artifact of artifacts) counts[keyOf(artifact)] = (counts[keyOf(artifact)] ?? 0) + 1
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) as Record<
      K,
      number
    >
  }
  const having = (accept: (a: ExpectedArtifact) => unknown): number => artifacts.filter(accept).length
  return {
    total: artifacts.length,
    byType: tally((a) => a.type),
    byScope: tally((a) => a.scope),
    byScopeAndType: tally((a) => `${a.scope}/${a.type}`),
    localModified: having((a) => a.localModified),
    outdated: having((a) => a.isOutdated),
    deviating: having((a) => a.deviation),
  }
}
