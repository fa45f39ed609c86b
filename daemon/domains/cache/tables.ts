import type { Generated } from 'kysely'
import type { ArtifactScope, ArtifactType, ProjectStatus } from '../../../protocol/vocabulary.ts'
import type { UnitKind } from './scan/types.ts'

/** Columns of migrations 001 (formats spec section 21), 002, and of tags and groups. Times are Unix ms, flags 0 or 1. */
export type CacheTables = {
  projects: ProjectsTable
  scan_units: ScanUnitsTable
  artifacts: ArtifactsTable
  descriptions: DescriptionsTable
  artifact_metadata: ArtifactMetadataView
  marketplace: MarketplaceTable
  cache_metadata: CacheMetadataTable
  deployments: DeploymentsTable
  answers: AnswersTable
  tag_definitions: TagDefinitionsTable
  manifest_artifacts: ManifestArtifactsTable
  artifact_tags: ArtifactTagsTable
  groups: GroupsTable
  group_members: GroupMembersTable
  contents: ContentsTable
  content_files: ContentFilesTable
}

export type ProjectsTable = {
  id: Generated<number>
  uid: Buffer
  name: string
  path: string
  description: string | null
  /** Comma list of how the project was found: `claude`, `plugin`, `root`, `added`, `cwd`, `session`. */
  origins: string
  status: ProjectStatus
  error_message: string | null
  last_fetched: number | null
  created_at: Generated<number>
  updated_at: Generated<number>
}

export type ScanUnitsTable = {
  id: Generated<number>
  kind: UnitKind
  path: string
  name: string
  project_id: number | null
  config_sig: string
  provenance_sig: string
  /** JSON array of what concerns no single artifact, or null. */
  diagnostics: string | null
}

export type ArtifactsTable = {
  id: Generated<number>
  uid: Buffer
  unit_id: number
  project_id: number | null
  name: string
  type: ArtifactType
  scope: ArtifactScope
  host: string
  /** Relative to the unit's path, absolute when it lies outside. */
  rel_path: string
  fragment: string
  description_id: number | null
  source: string | null
  deployed_version: string | null
  upstream_version: string | null
  is_outdated: number
  local_modified: number
  hash: Buffer | null
  stat_sig: Buffer
  size_bytes: number
  tokens: number
  modified_at: number
  created_at: Generated<number>
  updated_at: Generated<number>
}

/** What artifacts say of themselves; copies share a row. */
export type DescriptionsTable = {
  id: Generated<number>
  /** First 16 bytes of a SHA-256 over the other columns. */
  digest: Buffer
  title: string | null
  description: string | null
  /** Comma list, or null. */
  tags: string | null
  aliases: string | null
  /** JSON array of `[code, detail]`, or null. */
  diagnostics: string | null
  /** JSON object, or null when empty. */
  metadata: string | null
}

/** `descriptions` per artifact (formats spec section 21). */
export type ArtifactMetadataView = Omit<DescriptionsTable, 'id' | 'digest'> & { artifact_id: number }

export type MarketplaceTable = {
  id: string
  name: string
  type: string
  url: string | null
  description: string | null
  cached_at: number
  data: string | null
}

export type CacheMetadataTable = {
  key: string
  value: string | null
  updated_at: Generated<number>
}

/** Columns of migration 007. */
export type DeploymentsTable = {
  id: Generated<number>
  unit_id: number
  name: string
  type: string
  collection: string
  profile: string
  /** Relative to the unit, as recorded. */
  path: string
  /** H1 of what was deployed. */
  hash: Buffer
  /** ISO, as recorded. */
  deployed_at: string | null
  artifact_uid: Buffer | null
  /** H1 of what lies there without being an artifact. */
  found_hash: Buffer | null
}

/** What was answered to commands with an idempotency key. */
export type AnswersTable = {
  key: string
  /** SHA-256 over method and parameters. */
  request_hash: Buffer
  /** JSON. */
  result: string
  at: number
}

/** One copy of a tag's definition per collection. */
export type TagDefinitionsTable = {
  unit_id: number
  slug: string
  name: string
  color: string | null
  description: string
}

/** What a collection's manifest lists. */
export type ManifestArtifactsTable = { unit_id: number; type: string; name: string; rel_path: string }

/** Tags that the manifest gives its artifacts. */
export type ArtifactTagsTable = { unit_id: number; type: string; name: string; tag: string }

export type GroupsTable = {
  id: Generated<number>
  unit_id: number
  name: string
  description: string
  color: string
  icon: string
  position: number
}

export type GroupMembersTable = {
  group_id: number
  position: number
  /** As it stands in the file. */
  member: string
  /** Of the artifact it means; null while there is none and the text does not say. */
  type: string | null
  name: string
  is_resolved: number
}

/** What artifacts hold, once per content. */
export type ContentsTable = {
  id: Generated<number>
  /** As `artifacts.hash`. */
  hash: Buffer
  /** How alike it is to others (contents/sketch.ts); null without words. */
  sketch: Buffer | null
}

/** A text file of a content; the rowid of `content_text`. */
export type ContentFilesTable = {
  id: Generated<number>
  content_id: number
  /** Relative to the artifact; of a single file its name. */
  path: string
}
