import { useMemo } from 'preact/hooks'
import type { ArtifactState, DeploymentState } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { CallError } from '../../lib/call-error.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'

export type Collection = ResultOf<'collections.list'>['items'][number]
type ShownCollection = ResultOf<'collections.show'>

/** An artifact of a collection: what the manifest says, and what is known of its files. */
export type LibraryRow = ShownCollection['artifacts'][number] & {
  /** `type:name`, which a collection has once. */
  key: string
  /** Of its files; null while they were not read, or are gone. */
  id: string | null
  /** How it stands to its source; null without an id. */
  upstream: string | null
  stand: ArtifactState | null
  upstreamVersion: string | null
  /** Where it is deployed; null while that is not known. */
  deployed: Deployed | null
}

/** How many projects have an artifact, and how many of its deployments are in each state. */
export type Deployed = {
  projects: number
  /** In the home folder, for all projects. */
  isAtHome: boolean
  states: ReadonlyMap<DeploymentState, number>
}

export type Library = {
  collection: ShownCollection | undefined
  rows: LibraryRow[]
  loading: boolean
  error: CallError | null
  isOld: boolean
  loadedAt: number | null
  reload(): void
}

/** So many artifacts of collections are known by their files; those beyond are shown without their state. */
const MOST = 10_000

/** What a collection holds; empty for the active one. */
export function useLibrary(name: string): Library {
  const shown = useQuery('collections.show', name === '' ? {} : { name })
  const files = useQuery('artifacts.list', { scope: 'collection', limit: MOST }).data
  const table = useQuery('artifacts.table', { scope: 'collection', limit: MOST }).data
  const kept = useKept(shown.data)
  // The one before stays while another is read, but not in place of one that cannot be read.
  const collection = shown.error ? shown.data : kept
  const deployments = useQuery(
    'deployments.list',
    collection ? { collection: collection.name, limit: MOST } : null,
    { stored: false },
  ).data
  const rows = useMemo(
    () => (collection ? rowsOf(collection, files, table, deployments) : []),
    [collection, files, table, deployments],
  )
  const { loading, error, isOld, loadedAt, reload } = shown
  return { collection, rows, loading, error, isOld, loadedAt, reload }
}

function rowsOf(
  { artifacts }: ShownCollection,
  files: ResultOf<'artifacts.list'> | undefined,
  table: ResultOf<'artifacts.table'> | undefined,
  deployments: ResultOf<'deployments.list'> | undefined,
): LibraryRow[] {
  const ids = new Map(files?.items.map(({ path, id }) => [path, id]))
  const stands = standsOf(table)
  const deployed = deployments && deployedOf(deployments)
  return artifacts.map((artifact) => {
    const id = ids.get(artifact.path) ?? null
    const stand = id === null ? undefined : stands.get(id)
    const key = `${artifact.type}:${artifact.name}`
    return {
      ...artifact,
      key,
      id,
      stand: stand?.state ?? null,
      upstreamVersion: stand?.version ?? null,
      deployed: deployed ? (deployed.get(key) ?? nowhere) : null,
    }
  })
}

type Stand = { state: ArtifactState; version: string | null }

function standsOf(table: ResultOf<'artifacts.table'> | undefined): Map<string, Stand> {
  if (!table) return new Map()
  const [id, state, version] = (['id', 'state', 'upstreamVersion'] as const).map((column) =>
    table.columns.indexOf(column),
  ) as [number, number, number]
  return new Map(
    table.rows.map((cells) => [
      cells[id] as string,
      { state: cells[state] as ArtifactState, version: cells[version] as string | null },
    ]),
  )
}

const nowhere: Deployed = { projects: 0, isAtHome: false, states: new Map() }

/** By `type:name`. A project counts once, with however many agents. */
function deployedOf({ items }: ResultOf<'deployments.list'>): Map<string, Deployed> {
  const found = new Map<string, { places: Set<string | null>; states: Map<DeploymentState, number> }>()
  for (const { type, name, project, state } of items) {
    const key = `${type}:${name}`
    const held = found.get(key) ?? { places: new Set(), states: new Map() }
    held.places.add(project?.id ?? null)
    held.states.set(state, (held.states.get(state) ?? 0) + 1)
    found.set(key, held)
  }
  return new Map(
    [...found].map(([key, { places, states }]) => {
      const isAtHome = places.delete(null)
      return [key, { projects: places.size, isAtHome, states }]
    }),
  )
}
