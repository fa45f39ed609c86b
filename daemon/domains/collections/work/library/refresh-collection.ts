import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import picomatch from 'picomatch'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type RefreshField, refreshFields } from '../../../../../protocol/vocabulary.ts'
import { sameValue, withoutNulls } from '../../../../kernel/config/toml-rows.ts'
import type { Row } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { changeCollection } from './change-collection.ts'
import { type Collection, isThere, openCollection, placeOfRow } from './collection-folder.ts'
import { addedTypes, type Inspected, inspectArtifact } from './inspect.ts'
import { type ArtifactRow, kindOf, manifestName, planManifest } from './manifest.ts'
import { unlessAbsent } from './text-file.ts'

export type RefreshParams = {
  /** Null: the active one. */
  name: string | null
  /** Null: of all. */
  type: string | null
  /** Of names, with `*`, `?` and `[abc]`; null: all. */
  pattern: string | null
  /** Null: all but `tags`. */
  fields: readonly RefreshField[] | null
  dryRun: boolean
}

export type FieldChange = { field: RefreshField; before: unknown; after: unknown }

export type Refreshed = {
  name: string
  path: string
  /** Rows that follow their files now, and which keys of them. */
  changed: Array<{ name: string; type: string; fields: RefreshField[]; changes: FieldChange[] }>
  /** Rows without files. */
  missing: Array<{ name: string; type: string }>
  /** Files without a row, relative to the collection; none when only some artifacts were looked at. */
  untracked: string[]
  snapshot: string | null
  operation: string | null
}

/**
 * Brings the metadata in the manifest in line with the files of the collection, and tells what is missing and what is not
 * listed. With `dryRun` nothing is changed; otherwise a snapshot of the manifest comes before. Keys that files do not speak
 * of stay as they are. Errors: those of `openCollection`, `changeCollection`, `snapshotBefore`.
 */
export function refreshCollection(tools: WorkTools, params: RefreshParams): Promise<Refreshed> {
  const run = async (): Promise<Refreshed> => {
    const collection = await openCollection(tools, params.name)
    const result = await lookAt(collection, params)
    if (params.dryRun || result.changed.length === 0) return result
    const { name, folder } = collection
    const { id: snapshot } = await snapshotBefore(tools, name, 'Refresh', [manifestName])
    const wanted = new Map(result.changed.map((each) => [`${each.type}::${each.name}`, each.changes]))
    const operation = await changeCollection(tools, async () => ({
      kind: 'refresh',
      title: `refresh ${name}`,
      folder,
      places: [],
      texts: [
        await planManifest(folder, tools.now, ({ artifacts }) => {
          // What somebody has written meanwhile stays.
          for (const row of artifacts)
            for (const { field, before, after } of wanted.get(keyOf(row)) ?? [])
              if (sameValue(fieldOf(row, field) ?? null, before)) setField(row, field, after)
        }),
      ],
    }))
    return { ...result, snapshot, operation }
  }
  return params.dryRun ? run() : tools.exclusively(run)
}

/** `type::name`, as rows of a manifest are told apart. */
export const keyOf = (row: ArtifactRow): string => `${kindOf(row.type)}::${row.name}`

async function lookAt(collection: Collection, params: RefreshParams): Promise<Refreshed> {
  const { type, pattern } = params
  const { name, folder, manifest } = collection
  const result: Refreshed = {
    name,
    path: folder,
    changed: [],
    missing: [],
    untracked: [],
    snapshot: null,
    operation: null,
  }
  const isNamed = pattern === null ? () => true : picomatch(pattern, { nocase: true, dot: true })
  const fields = params.fields ?? refreshFields.filter((field) => field !== 'tags')
  const listed = new Set<string>()
  for (const row of manifest.artifacts) {
    const path = await placeOfRow(collection, row)
    listed.add(path)
    if ((type !== null && kindOf(row.type) !== type) || !isNamed(row.name)) continue
    const about = { name: row.name, type: kindOf(row.type) }
    if (!(await isThere(path))) result.missing.push(about)
    else {
      const changes = await changesOf(path, row, fields)
      if (changes.length === 0) continue
      result.changed.push({ ...about, fields: changes.map(({ field }) => field), changes })
    }
  }
  if (type === null && pattern === null) result.untracked = await untrackedIn(folder, listed)
  return result
}

async function changesOf(
  path: string,
  row: ArtifactRow,
  fields: readonly RefreshField[],
): Promise<FieldChange[]> {
  const now = await inspectedNow(path, row)
  return fields.flatMap((field): FieldChange[] => {
    const before = fieldOf(row, field)
    // As it can be written: a manifest has no null.
    const after = withoutNulls(wantedOf(row, field, now))
    return after === undefined || sameValue(before, after) ? [] : [{ field, before: before ?? null, after }]
  })
}

/** Null when the files do not make up an artifact of that type now. */
async function inspectedNow(path: string, row: ArtifactRow): Promise<Inspected | null> {
  const type = addedTypes.find((each) => each === kindOf(row.type))
  if (!type || type === 'hook' || type === 'mcp') return null
  try {
    return await inspectArtifact(path, type, row.name)
  } catch (error) {
    if (error instanceof SmdError) return null
    throw error
  }
}

/** What the row shall say; undefined where nobody knows. */
function wantedOf(row: ArtifactRow, field: RefreshField, now: Inspected | null): unknown {
  if (field === 'origin_source') return row.origin === 'marketplace' ? hostOf(row.upstream) : undefined
  if (field !== 'tags') return now?.metadata[field]
  const own = Array.isArray(row.tags) ? row.tags : []
  const known = new Set(own.map((tag) => String(tag).toLowerCase()))
  const added = (now?.tags ?? []).filter((tag) => !known.has(tag.toLowerCase()))
  return added.length === 0 ? undefined : [...own, ...added]
}

/** The word the format has for the host of a repository; undefined for others (formats spec section 3). */
function hostOf(upstream: unknown): string | undefined {
  const [, host] =
    /^https:\/\/(?:www\.)?(github|gitlab|bitbucket)\.(?:com|org)\//.exec(String(upstream)) ?? []
  return host
}

const ofRow = new Set<RefreshField>(['tags', 'origin_source'])

/** The value of a field in a row; undefined for none. */
export const fieldOf = (row: ArtifactRow, field: RefreshField): unknown =>
  ofRow.has(field) ? row[field] : isTable(row.metadata) ? row.metadata[field] : undefined

/** Sets a field of a row; null takes it out. */
export function setField(row: ArtifactRow, field: RefreshField, value: unknown): void {
  if (!ofRow.has(field) && !isTable(row.metadata)) {
    if (value === null) return
    row.metadata = {}
  }
  const holder = (ofRow.has(field) ? row : row.metadata) as Row
  if (value === null) delete holder[field]
  else holder[field] = value
  if (isTable(row.metadata) && Object.keys(row.metadata).length === 0) delete row.metadata
}

const containers = ['skills', 'commands', 'agents', 'hooks', 'mcp', 'workflows', 'composites']

async function untrackedIn(folder: string, listed: ReadonlySet<string>): Promise<string[]> {
  const untracked: string[] = []
  for (const container of containers) {
    const names = (await readdir(join(folder, container)).catch(unlessAbsent)) ?? []
    for (const name of names.sort()) {
      const path = join(folder, container, name)
      const isListed = listed.has(path) || [...listed].some((each) => each.startsWith(`${path}/`))
      if (!name.startsWith('.') && !isListed) untracked.push(`${container}/${name}`)
    }
  }
  return untracked
}
