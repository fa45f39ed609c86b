import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { ResultOf } from '../../../../../protocol/methods.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { unlessAbsent } from './text-file.ts'
import { readTime } from './times.ts'

type Listed = ResultOf<'collections.list'>['items'][number]

/** Names under which a manifest may lie; the second is what the plan of the original calls it (formats spec section 1). */
const manifestNames = ['collection.toml', 'manifest.toml']

/** All folders with a manifest, by name; one that cannot be read is told, and hides no other. */
export async function listCollections({ folders }: WorkTools, _: object): Promise<{ items: Listed[] }> {
  const { collections, configFile } = libraryPlaces(folders)
  const active = await activeCollection(configFile)
  const names = await readdir(collections).catch(unlessAbsent)
  const items: Listed[] = []
  for (const name of (names ?? []).sort()) {
    if (name.startsWith('.')) continue
    const listed = await listOne(join(collections, name), name, active)
    if (listed) items.push(listed)
  }
  return { items }
}

async function listOne(path: string, name: string, active: string): Promise<Listed | null> {
  for (const manifest of manifestNames) {
    const file = join(path, manifest)
    const listed = { name, path, active: name === active }
    try {
      const bytes = await readFile(file).catch(unlessAbsentAt(file))
      if (!bytes) continue
      listed.path = await realpath(path)
      const { data } = parseToml(decodeToml(bytes, file).text, file)
      const about = isTable(data.collection) ? data.collection : {}
      return {
        ...listed,
        artifactCount: Array.isArray(data.artifacts) ? data.artifacts.length : 0,
        created: readTime(about.created),
        updated: readTime(about.updated),
        problem: null,
      }
    } catch (error) {
      if (!(error instanceof SmdError)) throw error
      return { ...listed, artifactCount: 0, created: null, updated: null, problem: error.message }
    }
  }
  return null
}

/** What the library's settings say; `default` when they say nothing, or cannot be read (formats spec section 2). */
export async function activeCollection(file: string): Promise<string> {
  const bytes = await readFile(file).catch(unlessAbsent)
  if (!bytes) return 'default'
  try {
    const { settings } = parseToml(decodeToml(bytes, file).text, file).data
    const name = isTable(settings) ? settings['default-collection'] : undefined
    return typeof name === 'string' && name !== '' ? name : 'default'
  } catch {
    return 'default'
  }
}
