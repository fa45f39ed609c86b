/** What every part of the generator writes to: the tree, the list of expected artifacts, the shared state files. */
import type { ArtifactScope } from '../../protocol/vocabulary.ts'
import type { CollectionItem } from './collection.ts'
import type { ExpectedArtifact } from './ledger.ts'
import type { Random } from './random.ts'
import type { Stock } from './stock.ts'
import type { TreeWriter } from './tree-writer.ts'

/** State of one build. */
export type DemoContext = {
  /** Rooted at the home folder. */
  tree: TreeWriter
  /** Absolute path of the home folder; goes into files that hold absolute paths. */
  home: string
  stock: Stock
  /** Grows with everything written. */
  expected: ExpectedArtifact[]
  /** What the user's collection holds; projects deploy from it. */
  collection: CollectionItem[]
  /** Names of the skills in `~/shared/skills`, which projects link to. */
  sharedSkills: string[]
  /** `projects` of `~/.claude.json`, by absolute path. */
  claudeProjects: Record<string, ClaudeProjectEntry>
}

/** One value of `projects` in `~/.claude.json` (ecosystem spec 2.7). */
export type ClaudeProjectEntry = {
  allowedTools: string[]
  mcpServers: Record<string, unknown>
  enabledMcpjsonServers: string[]
  disabledMcpjsonServers: string[]
  hasTrustDialogAccepted: boolean
}

/** One unit being written: a project, the user's own folder, the collection. */
export type Place = {
  ctx: DemoContext
  random: Random
  /** Folder relative to the home folder; empty for the home folder itself. */
  root: string
  scope: ArtifactScope
  /** Short name for texts. */
  name: string
  /** Modification time of its files, Unix seconds; single files may be younger. */
  seconds: number
}

/** 2026-01-05 08:00 UTC: nothing in a demo is older. */
const firstSecond = 1_767_600_000
/** Until late August 2026, when the corpus was taken. */
const spanSeconds = 226 * 86_400

/** Some second of the time a demo covers. */
export const someTime = (random: Random): number => firstSecond + random.int(0, spanSeconds)

/** A path of the place, relative to the home folder. */
export const inPlace = (place: Place, relPath: string): string =>
  place.root ? `${place.root}/${relPath}` : relPath

/** ISO time with zone, as Claude Code and the skills CLI write it. */
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** ISO time without zone and with microseconds, as SkillMeat writes it (formats spec section 3). */
export const naiveTime = (seconds: number, micros: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}`

/** JSON as tools write it: two spaces, newline at the end. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
