import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { makeFolderDurably, syncFolder, writeDurably } from '../../../../kernel/fs/durable.ts'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { isThere } from './collection-folder.ts'
import { makeLibraryConfig, readLibrarySettings, setActiveCollection } from './library-config.ts'
import { emptyLock, lockName } from './lock-file.ts'
import { manifestName } from './manifest.ts'
import { checkName } from './names.ts'
import { notWritten, unlessAbsent } from './text-file.ts'
import { writeTime } from './times.ts'

export type Created = { name: string; path: string; active: boolean; created: boolean }

/** What the original makes in a new collection; the others come with their first artifact. */
const folders = ['skills', 'commands', 'agents', 'workflows']

/**
 * Makes the library, its settings and its first collection, as far as they are not there. Only a collection called `default`
 * becomes the active one by that, as in the original. Errors: `collection.bad_name`, `collection.not_written`.
 */
export function initLibrary(tools: WorkTools, { name }: { name: string }): Promise<Created> {
  checkName(name)
  return tools.exclusively(async () => {
    await makeLibraryConfig(tools)
    const twin = await twinOf(tools, name)
    const path = join(libraryPlaces(tools.folders).collections, twin ?? name)
    if (twin === null) await makeCollection(tools, name, path)
    return { name: twin ?? name, path, created: twin === null, active: await isActive(tools, twin ?? name) }
  })
}

/** Makes a collection. Errors: `collection.exists`, also for a name that differs in letter case only; as `initLibrary`. */
export function createCollection(tools: WorkTools, { name }: { name: string }): Promise<Created> {
  checkName(name)
  return tools.exclusively(async () => {
    const twin = await twinOf(tools, name)
    if (twin !== null) throw new SmdError('collection.exists', { name: twin })
    await makeLibraryConfig(tools)
    const path = join(libraryPlaces(tools.folders).collections, name)
    await makeCollection(tools, name, path)
    return { name, path, created: true, active: await isActive(tools, name) }
  })
}

/** Makes a collection the active one. Errors: `collection.not_found`. */
export function useCollection(
  tools: WorkTools,
  { name }: { name: string },
): Promise<{ name: string; path: string }> {
  checkName(name)
  return tools.exclusively(async () => {
    const path = join(libraryPlaces(tools.folders).collections, name)
    if (!(await isThere(join(path, manifestName))) && !(await isThere(join(path, 'manifest.toml'))))
      throw new SmdError('collection.not_found', { name })
    await setActiveCollection(tools, name)
    return { name, path }
  })
}

const isActive = async (tools: WorkTools, name: string): Promise<boolean> =>
  (await readLibrarySettings(tools)).defaultCollection === name

/** The name of a collection that some file systems cannot tell from this one. */
async function twinOf({ folders: { skillmeat } }: WorkTools, name: string): Promise<string | null> {
  const names = await readdir(libraryPlaces({ skillmeat }).collections).catch(unlessAbsent)
  const fold = (text: string) => text.normalize('NFC').toLowerCase()
  return names?.find((other) => fold(other) === fold(name)) ?? null
}

/** Complete beside it first, so that it is there as a whole or not at all. */
async function makeCollection(
  { folders: { skillmeat }, now }: WorkTools,
  name: string,
  path: string,
): Promise<void> {
  const { collections } = libraryPlaces({ skillmeat })
  const fresh = join(collections, `.smd-${newUniqueId()}`)
  try {
    await makeFolderDurably(collections)
    await mkdir(fresh, { mode: 0o755 })
    for (const folder of folders) await mkdir(join(fresh, folder), { mode: 0o755 })
    await writeDurably(join(fresh, manifestName), initialManifest(name, writeTime(now)))
    await writeDurably(join(fresh, lockName), emptyLock)
    await syncFolder(fresh)
    await rename(fresh, path)
    await syncFolder(collections)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw notWritten(path, error)
  }
}

const initialManifest = (name: string, now: string): string =>
  `[collection]\nname = ${JSON.stringify(name)}\nversion = "1.0.0"\ncreated = "${now}"\nupdated = "${now}"\n`
