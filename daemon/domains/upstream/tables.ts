import type { Generated } from 'kysely'
import type { ArtifactState, StateReason } from '../../../protocol/artifact-states.ts'

/** Columns of migration 005. Times are Unix ms. */
export type UpstreamTables = {
  upstream_sources: UpstreamSourcesTable
  upstream_items: UpstreamItemsTable
  artifact_origins: ArtifactOriginsTable
}

export type UpstreamSourcesTable = {
  id: Generated<number>
  key: string
  kind: string
  /** JSON of what the provider needs to ask. */
  spec: string
  version: string | null
  /** Commit, or what serves as one. */
  revision: string | null
  validator: string | null
  checked_at: number | null
  changed_at: number | null
  tried_at: number | null
  /** Reason of `UpstreamError`; null when the last try succeeded. */
  error: string | null
  /** In a row. */
  failures: number
  retry_at: number | null
}

export type UpstreamItemsTable = {
  source_id: number
  /** Commit the item is of; empty for the newest. */
  revision: string
  path: string
  digest: string | null
  version: string | null
}

export type ArtifactOriginsTable = {
  artifact_id: Generated<number>
  source_id: number | null
  /** `source` of `ArtifactOrigin` when that is no place that can be asked. */
  unasked: string | null
  path: string | null
  base_mark: string
  base_version: string | null
  base_revision: string | null
  base_digest: string | null
  local_digest: string | null
  scan_version: string | null
  scan_outdated: number
  scan_modified: number | null
  recorded_at: number
  state: ArtifactState
  reason: StateReason | null
}
