/** What collections say of where their artifacts lie. */
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'

export type CollectionPlaces = {
  /** Real path of its folder. */
  folder: string
  /** Path below the folder, by `name::type`. */
  paths: ReadonlyMap<string, string>
}

export const artifactKey = (name: string, type: string): string => `${name}::${type}`

/** One collection; null when there is none of that name. Errors: those of TOML. */
export async function readCollection(
  { folders }: Pick<WorkTools, 'folders'>,
  name: string,
): Promise<CollectionPlaces | null> {
  // Names come from records, which anybody may have written.
  if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name)) return null
  const path = join(libraryPlaces(folders).collections, name)
  for (const manifest of ['collection.toml', 'manifest.toml']) {
    const file = join(path, manifest)
    const bytes = await readFile(file).catch(unlessAbsent)
    if (!bytes) continue
    const { artifacts } = parseToml(decodeToml(bytes, file).text, file).data
    const paths = new Map<string, string>()
    for (const row of Array.isArray(artifacts) ? artifacts.filter(isTable) : [])
      if (typeof row.name === 'string' && typeof row.type === 'string' && typeof row.path === 'string')
        paths.set(artifactKey(row.name, row.type), row.path)
    return { folder: await realpath(path), paths }
  }
  return null
}

function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
