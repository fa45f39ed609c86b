import { readFile, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { unlessAbsent } from '../operations/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { plainType, stemOf } from './record-file.ts'

/** An artifact as the manifest of a collection lists it. */
export type ListedArtifact = {
  name: string
  type: string
  collection: string
  /** Absolute; null when the manifest leads out of the collection. */
  path: string | null
  uuid: string | null
}

export type Collection = { name: string; folder: string; artifacts: ListedArtifact[] }

/** Names under which a manifest may lie (formats spec section 1). */
const manifestNames = ['collection.toml', 'manifest.toml']

/** A collection with what it lists; null means the active one. Errors: `deploy.no_collection`, `config.syntax`. */
export async function readCollection(
  { folders }: Pick<WorkTools, 'folders'>,
  wanted: string | null,
): Promise<Collection> {
  const { collections, configFile } = libraryPlaces(folders)
  const name = wanted ?? (await activeCollection(configFile))
  if (/[/\\]|^\.|^$/.test(name)) throw new SmdError('deploy.no_collection', { collection: name })
  const folder = await realpath(join(collections, name)).catch(unlessAbsent)
  for (const manifest of folder === null ? [] : manifestNames) {
    const file = join(folder as string, manifest)
    const bytes = await readFile(file).catch(unlessAbsent)
    if (!bytes) continue
    const { artifacts } = parseToml(decodeToml(bytes, file).text, file).data
    const rows = Array.isArray(artifacts) ? artifacts.filter(isTable) : []
    return {
      name,
      folder: folder as string,
      artifacts: rows.flatMap((row) => toListed(row, name, folder as string)),
    }
  }
  throw new SmdError('deploy.no_collection', { collection: name })
}

function toListed(row: Record<string, unknown>, collection: string, folder: string): ListedArtifact[] {
  const { name, type, path, uuid } = row
  if (typeof name !== 'string' || typeof type !== 'string' || typeof path !== 'string') return []
  const absolute = join(folder, path.replace(/\/+$/, ''))
  const inside = relative(folder, absolute)
  const leavesIt = inside === '' || inside === '..' || inside.startsWith(`..${sep}`)
  return [
    {
      name,
      type: plainType(type),
      collection,
      path: leavesIt ? null : absolute,
      uuid: typeof uuid === 'string' ? uuid : null,
    },
  ]
}

async function activeCollection(file: string): Promise<string> {
  const bytes = await readFile(file).catch(unlessAbsent)
  if (!bytes) return 'default'
  const { settings } = parseToml(decodeToml(bytes, file).text, file).data
  const name = isTable(settings) ? settings['default-collection'] : undefined
  return typeof name === 'string' && name !== '' ? name : 'default'
}

/** What a user names: a name, with or without extension, and a type where several have it. */
export type ArtifactRef = { name: string; type?: string | undefined }

/** Errors: `deploy.artifact_not_found`, `deploy.ambiguous`. */
export function findListed(
  { name: collection, artifacts }: Collection,
  { name, type }: ArtifactRef,
): ListedArtifact {
  const wanted = stemOf(name)
  const found = artifacts.filter(
    (artifact) =>
      stemOf(artifact.name) === wanted && (type === undefined || artifact.type === plainType(type)),
  )
  const exact = found.filter((artifact) => artifact.name === name)
  const [first, ...others] = exact.length > 0 ? exact : found
  if (!first) throw new SmdError('deploy.artifact_not_found', { name, collection })
  const types = [...new Set([first, ...others].map((artifact) => artifact.type))]
  if (types.length > 1) throw new SmdError('deploy.ambiguous', { name, types: types.sort() })
  return first
}
