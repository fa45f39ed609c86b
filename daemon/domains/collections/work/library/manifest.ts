/** `collection.toml`: what a collection says of itself and of what it holds (formats spec section 3). */
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { parseToml } from '../../../../kernel/config/toml.ts'
import { sameValue, withoutNulls } from '../../../../kernel/config/toml-rows.ts'
import { changeToml, type Row } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { readArtifactKind } from '../../../cache/scan/index.ts'
import { editTomlFile, readTomlFile, type TomlFile } from './text-file.ts'
import { writeTime } from './times.ts'

/** The file in use, and the one that the plan of the original names, which counts when it is the only one. */
export const manifestName = 'collection.toml'
const plannedName = 'manifest.toml'

/**
 * What can be changed in a manifest: rows of its tables as they stand in the file, unknown keys too. Changes are made in
 * place; a row that is left out of its list is removed.
 */
export type ManifestTables = {
  artifacts: ArtifactRow[]
  tag_definitions: Row[]
  groups: Row[]
  mcp_servers: Row[]
}

/** One artifact; the first five keys are always there. */
export type ArtifactRow = Row & { name: string; type: string; path: string; origin: string; added: string }

export type Manifest = ManifestTables & {
  /** The file that was read. */
  file: string
  /** `[collection]`. */
  about: Row
}

const required = ['name', 'type', 'path', 'origin', 'added'] as const

/** How rows are told apart. */
const keys: { [Table in keyof ManifestTables]: (row: Row) => string } = {
  artifacts: (row) => `${kindOf(row.type)}::${row.name}`,
  tag_definitions: (row) => String(row.slug),
  groups: (row) => String(row.name),
  mcp_servers: (row) => String(row.name),
}

/** The type under the name smd has for it: `mcp_server` is `mcp`. */
export const kindOf = (type: unknown): string =>
  (typeof type === 'string' ? readArtifactKind(type) : null) ?? String(type)

/**
 * Reads the manifest of the collection in this folder; null when it has none. Errors: `config.syntax` with line and column,
 * `collection.bad_manifest` with table, index and key.
 */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const file = await openManifest(folder)
  return file.raw === null ? null : manifestIn(file)
}

/** The same of a text that a manifest had. Errors: as `readManifest`. */
export function parseManifest(path: string, raw: string): Manifest {
  return manifestIn({ path, raw, bom: '', toml: parseToml(raw.replace(/^\ufeff/, ''), path) })
}

/**
 * Changes the manifest of the collection in this folder and sets `updated`; answers whether anything changed. What people
 * wrote into the file stays, also what they wrote a moment ago: `change` runs again on what is there then. To be called inside
 * of `exclusively`. Errors: as `readManifest`; `collection.not_found`, `collection.changing`, `collection.not_written`.
 */
export async function editManifest(
  folder: string,
  now: number,
  change: (tables: ManifestTables) => void,
): Promise<boolean> {
  // What is written has the usual name from then on, beginning with what the other file says.
  return editTomlFile(join(folder, manifestName), async (usual) => {
    const file = usual.raw === null ? await readTomlFile(join(folder, plannedName)) : usual
    return manifestText(file.raw === null ? usual : file, now, change)
  })
}

/** The text of the manifest after a change, for whoever writes it together with other files. */
export async function planManifest(
  folder: string,
  now: number,
  change: (tables: ManifestTables) => void,
): Promise<{ path: string; text: string; expected: string | null }> {
  const file = await openManifest(folder)
  const path = join(folder, manifestName)
  const text = file.bom + manifestText(file, now, change)
  return { path, text, expected: file.path === path ? file.raw : null }
}

async function openManifest(folder: string): Promise<TomlFile> {
  const usual = await readTomlFile(join(folder, manifestName))
  if (usual.raw !== null) return usual
  const planned = await readTomlFile(join(folder, plannedName))
  return planned.raw === null ? usual : planned
}

function manifestText(file: TomlFile, now: number, change: (tables: ManifestTables) => void): string {
  if (file.raw === null) throw new SmdError('collection.not_found', { name: file.path })
  const tables = tablesIn(structuredClone(file.toml.data), file.path)
  change(tables)
  const changes = (Object.entries(tables) as [keyof ManifestTables, Row[]][]).map(([name, rows]) => ({
    path: [name],
    rows: rows.map(withoutNulls),
    keyOf: keys[name],
  }))
  const isSame = changes.every(({ path: [name], rows }) =>
    sameValue(file.toml.data[name as string] ?? [], rows),
  )
  if (isSame) return file.toml.text
  const updated = { path: ['collection', 'updated'] as const, value: writeTime(now) }
  return changeToml(file.toml, [...changes, updated])
}

function manifestIn({ path, toml: { data } }: TomlFile): Manifest {
  const about = data.collection
  if (about !== undefined && !isTable(about)) throw bad(path, 'collection', 'it is no table')
  return { file: path, about: about ?? {}, ...tablesIn(data, path) }
}

function tablesIn(data: Row, file: string): ManifestTables {
  const rows = (name: keyof ManifestTables): Row[] => {
    const list = data[name] ?? []
    if (!Array.isArray(list) || !list.every(isTable)) throw bad(file, name, 'it is no list of tables')
    return list
  }
  const artifacts = rows('artifacts')
  for (const [index, row] of artifacts.entries()) {
    for (const key of required) {
      // A time may be written without quotes
      const isThere = typeof row[key] === 'string' || (key === 'added' && row[key] instanceof Date)
      if (!isThere) throw bad(file, `artifacts[${index}]`, `${key} is missing`)
    }
  }
  return {
    artifacts: artifacts as ArtifactRow[],
    tag_definitions: rows('tag_definitions'),
    groups: rows('groups'),
    mcp_servers: rows('mcp_servers'),
  }
}

const bad = (file: string, place: string, reason: string): SmdError =>
  new SmdError('collection.bad_manifest', { file, place, reason })
