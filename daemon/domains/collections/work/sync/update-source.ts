/** What the source of a collection's artifact holds now, or held when it was fetched. */
import { SmdError } from '../../../../../protocol/errors.ts'
import {
  type ArtifactRow,
  type ArtifactSource,
  inspectArtifact,
  keepCopy,
  kindOf,
  nameOfSource,
  type Provenance,
  readSource,
  withFetched,
} from '../library/index.ts'
import type { ObjectStore, Tree } from '../objects/index.ts'
import type { WorkTools } from '../tools.ts'

export type Fetched = { tree: Tree; provenance: Provenance }

/** Where to ask for news of an artifact; null for what comes from nowhere. Errors: `collection.bad_source`. */
export function sourceOfRow(tools: WorkTools, row: ArtifactRow): ArtifactSource | null {
  if (typeof row.upstream !== 'string' || row.upstream === '') return null
  const source = readSource(row.upstream, tools)
  const spec = typeof row.version_spec === 'string' && row.version_spec !== '' ? row.version_spec : 'latest'
  // The address names the commit it was fetched at; wanted is what was asked for then.
  return source.kind === 'repository' ? atVersion(source, spec) : source
}

type Repository = Extract<ArtifactSource, { kind: 'repository' }>

export const atVersion = (source: Repository, version: string): Repository => ({
  ...source,
  version,
  source: { ...source.source, ref: version === 'latest' ? null : version },
})

/** Fetches it into the object store. Errors: `collection.source_failed`, `collection.not_an_artifact`, `collection.leads_outside`. */
export function fetchArtifact(
  tools: WorkTools,
  store: ObjectStore,
  source: ArtifactSource,
  row: ArtifactRow,
): Promise<Fetched> {
  const type = kindOf(row.type) as Parameters<typeof inspectArtifact>[1]
  return withFetched(tools, source, type, async (fetched) => {
    const inspected = await inspectArtifact(fetched.path, type, nameOfSource(source))
    return { tree: await keepCopy(store, fetched, inspected, null), provenance: fetched.provenance }
  })
}

/**
 * What was fetched before: as it was kept then, or else as the source still has it at that commit. Null when neither has it.
 */
export async function fetchedBefore(
  tools: WorkTools,
  store: ObjectStore,
  source: ArtifactSource,
  row: ArtifactRow,
  h1: string | undefined,
): Promise<Tree | null> {
  const kept = h1 === undefined ? null : await store.treeOfH1(h1)
  if (kept) return kept
  if (source.kind !== 'repository' || typeof row.resolved_sha !== 'string') return null
  try {
    const { tree } = await fetchArtifact(tools, store, atVersion(source, row.resolved_sha), row)
    return h1 === undefined || tree.h1 === h1 ? tree : null
  } catch (error) {
    // The commit may be gone for good: then everything that differs is a conflict.
    if (error instanceof SmdError) return null
    throw error
  }
}
