/**
 * The scanner's vocabulary: what is scanned as a whole (a unit), what is found in it, what a rescan needs to know.
 *
 * The scanner is pure with respect to smd: it reads the disk through synchronous calls (performance spec section 4),
 * knows no database, clock or environment, and runs in a worker thread as well as inside the command line.
 */

import type { ArtifactScope, ArtifactType } from '../../../../protocol/vocabulary.ts'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import type { ArtifactOrigin } from '../../upstream/index.ts'
import type { AgentFolder } from './agents.ts'
import type { CollectionLabels } from './collection-labels.ts'

export type { MachineFolders }

export type UnitKind = 'project' | 'user' | 'managed' | 'plugin' | 'collection'

/** One folder that is scanned and replaced as a whole. */
export type ScanUnit = {
  kind: UnitKind
  /** Absolute real path; artifact paths are relative to it. */
  path: string
  /** Display name: the project's folder name, `name@marketplace` of a plugin, the collection's name, else the kind. */
  name: string
  /** What the plugin registry says of an installed plugin; only for kind `plugin`. */
  plugin?: InstalledPlugin
}

/** One entry of `installed_plugins.json` joined with its marketplace entry (ecosystem spec 2.6, 3.2). */
export type InstalledPlugin = {
  /** `name@marketplace`. */
  id: string
  marketplace: string
  version: string | null
  /** Version the local clone of the marketplace offers; null when unknown. */
  availableVersion: string | null
  /**
   * Its marketplace, as a place to ask, and the name it has there now; the marketplace's commit it is of, where that is
   * its version.
   */
  upstream?: { source: ArtifactOrigin['source']; path: string; commit?: string }
  /** Where the plugin comes from, e.g. `github:owner/repo`; null when unknown. */
  source: string | null
  description: string | null
  tags: string[]
  /** Projects that enable it; empty for the user scope. */
  projectPaths: string[]
  /** From `enabledPlugins` of the user settings; null when not mentioned. */
  enabled: boolean | null
  /** Components the marketplace entry declares besides plugin.json; absent when it declares none. */
  entry?: PluginEntryComponents
}

/** The part of a marketplace entry that says what a plugin is made of (ecosystem spec 3.2); values as written. */
export type PluginEntryComponents = {
  /** False: the entry is the whole definition. */
  strict: boolean
  components: Record<string, unknown>
}

/** State shared by all units of one run; read once per run. */
export type ScanEnvironment = {
  folders: MachineFolders
  /** The part of `~/.claude.json` smd may read: `projects[path]` with the keys of ecosystem spec 2.7, and the user's servers. */
  claude: ClaudeState
  /** H1 of every collection artifact, by `collection/name::type`; tells whether a deployment is outdated (formats spec 12). */
  collectionHashes: Record<string, string>
  /** By the same key: where the collection's copy came from and its version; absent means unknown. */
  collectionSources?: Record<string, { source: string | null; version: string | null }>
  /** Names of the environment variables that are set; absent means unknown, then nothing is said about unset ones. */
  variableNames?: readonly string[]
  limits: ScanLimits
  /** Rows of the configuration for the table of agents (agents.ts). */
  agentFolders?: readonly AgentFolder[]
}

export type ClaudeState = {
  /** Top-level `mcpServers`. */
  mcpServers: Record<string, unknown>
  /** By absolute path as written in the file. */
  projects: Record<string, ClaudeProjectState>
  /** What the user settings say of the servers of all `.mcp.json` files; absent when nothing. */
  approvals?: ClaudeApprovals
}

/** Keys of a settings file that approve or reject servers of `.mcp.json` (ecosystem spec 7.1). */
export type ClaudeApprovals = {
  enableAllProjectMcpServers: boolean
  enabledMcpjsonServers: string[]
  disabledMcpjsonServers: string[]
}

export type ClaudeProjectState = {
  mcpServers: Record<string, unknown>
  disabledMcpServers: string[]
  enabledMcpjsonServers: string[]
  disabledMcpjsonServers: string[]
}

/** Bounds that keep one strange folder from stopping or starving a scan. */
export type ScanLimits = {
  /** A main file beyond this is read only as far as needed for its frontmatter. */
  maxMainFileBytes: number
  /** An artifact with more bytes or files than this gets no hash, and a diagnostic. */
  maxArtifactBytes: number
  maxArtifactFiles: number
}

export type DiagnosticSeverity = 'error' | 'warning' | 'info'

/** Something worth telling about one artifact or unit; the sentence belongs to the code (diagnostics.ts). */
export type Diagnostic = {
  /** Stable, e.g. `frontmatter.unknown_key`. */
  code: string
  /** What the code is about, e.g. the key; empty when the code says it all. */
  detail: string
}

/** One artifact as found on disk. */
export type ScannedArtifact = {
  type: ArtifactType
  scope: ArtifactScope
  /** Effective name: what the host calls it. */
  name: string
  /** Agent whose folder it lies in, e.g. `claude-code`, `codex`, `agents` for `.agents`; ids of ecosystem spec 4.1. */
  host: string
  /** Folder or file, `/`-separated, relative to the unit; absolute when it lies outside of it. */
  relPath: string
  /** Distinguishes artifacts of one file: the server's name, `Event/group/handler` of a hook; empty otherwise. */
  fragment: string
  title: string | null
  description: string | null
  tags: string[]
  /** Where it came from, e.g. `github:owner/repo/path@version`; null when nothing tells. */
  source: string | null
  /** The same as something to ask and to compare with; absent when nobody recorded it. */
  origin?: ArtifactOrigin
  deployedVersion: string | null
  upstreamVersion: string | null
  isOutdated: boolean
  localModified: boolean
  /** H1 (formats spec 5) of a copy, so without what use leaves behind; 64 hex; of the canonical JSON for hooks and servers; null beyond the limits or unreadable. */
  hash: string | null
  sizeBytes: number
  /** Estimated tokens of the text a model would load. */
  tokens: number
  /** Newest mtime among its files, Unix ms. */
  modifiedAt: number
  /** Fingerprint of (path, size, mtime, inode) of all its files; equal means unchanged. 16 hex. */
  statSig: string
  diagnostics: Diagnostic[]
  /** What else the file says, JSON-safe and small: frontmatter keys, hook matcher, server transport, `enabled`, aliases. No secrets. */
  metadata: Record<string, unknown>
}

/** Unique within its unit. */
export const artifactKey = (a: Pick<ScannedArtifact, 'scope' | 'type' | 'relPath' | 'fragment'>): string =>
  `${a.scope}:${a.type}:${a.relPath}#${a.fragment}`

/** What the cache remembers of a unit from its last scan. */
export type PreviousUnit = {
  /** Fingerprint of the files that configure the unit: settings, server files, hook files, plugin manifests. */
  configSig: string
  /** Fingerprint of what tells sources and versions: lock files, deployment records, the environment's part for this unit. */
  provenanceSig: string
  /** `statSig` by `artifactKey`. */
  artifacts: ReadonlyMap<string, string>
  /** Names by `artifactKey`; without them a clash of names among untouched agents is not noticed. */
  names?: ReadonlyMap<string, string>
}

/** Work done, for the counters of a refresh. */
export type ScanCounters = {
  directories: number
  /** Files looked at with lstat. */
  filesStatted: number
  filesRead: number
  bytesRead: number
}

/** A deployment record with what lies at its place. */
export type ScannedDeployment = {
  name: string
  type: string
  collection: string
  profile: string
  /** Relative to the unit, as recorded. */
  path: string
  /** H1 of what was deployed, 64 hex. */
  hash: string
  deployedAt: string | null
  /** `artifactKey` of the artifact at the place; null when none is there. */
  key: string | null
  /** H1 of what lies there without being an artifact, or `unknownHash`; null for nothing. */
  foundHash: string | null
}

/** What one scan of a unit found, relative to what was known before. */
export type UnitResult = {
  configSig: string
  provenanceSig: string
  /** New artifacts and those whose files changed. */
  changed: ScannedArtifact[]
  /** Keys found again, untouched. Anything previously known that is in neither list is gone. */
  unchanged: string[]
  /** Tags and groups of a collection; absent where they are as they were. */
  labels?: CollectionLabels
  /** What was deployed to it; null when that is as it was. */
  deployments: ScannedDeployment[] | null
  /** Why the unit could not be scanned at all; its old artifacts stay. `missing` = the folder is gone. */
  failure: { kind: 'missing' | 'unreadable'; message: string } | null
  /** Trouble that concerns no single artifact: a settings file that is not JSON, an unreadable subfolder. */
  diagnostics: Array<Diagnostic & { relPath: string }>
  counters: ScanCounters
}
