/** `config.toml` of the library, which is not that of smd (formats spec section 2). */
import { parseToml } from '../../../../kernel/config/toml.ts'
import { setInToml } from '../../../../kernel/config/toml-edit.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { editTomlFile, readTomlFile } from './text-file.ts'

/** What the original writes at first use. */
export const initialConfig = `[settings]
default-collection = "default"
update-strategy = "prompt"

[analytics]
enabled = true
retention-days = 90

[artifact_search]
indexing_mode = "opt_in"
`

export const updateStrategies = ['prompt', 'upstream', 'local'] as const

export type LibrarySettings = {
  /** The active one. */
  defaultCollection: string
  updateStrategy: (typeof updateStrategies)[number]
}

/** What is absent or makes no sense has its default. Errors: `config.syntax`. */
export async function readLibrarySettings({ folders }: Pick<WorkTools, 'folders'>): Promise<LibrarySettings> {
  const { toml } = await readTomlFile(libraryPlaces(folders).configFile)
  const settings = isTable(toml.data.settings) ? toml.data.settings : {}
  const { 'default-collection': name, 'update-strategy': strategy } = settings
  return {
    defaultCollection: typeof name === 'string' && name !== '' ? name : 'default',
    updateStrategy: updateStrategies.find((known) => known === strategy) ?? 'prompt',
  }
}

/** Makes a collection the active one; the file is made when there is none. To be called inside of `exclusively`. */
export async function setActiveCollection(
  { folders }: Pick<WorkTools, 'folders'>,
  name: string,
): Promise<void> {
  const { configFile } = libraryPlaces(folders)
  await editTomlFile(configFile, ({ raw, toml }) =>
    setInToml(
      raw === null ? parseToml(initialConfig, configFile) : toml,
      ['settings', 'default-collection'],
      name,
    ),
  )
}

/** Writes what the original writes at first use, unless there is a file. To be called inside of `exclusively`. */
export async function makeLibraryConfig({ folders }: Pick<WorkTools, 'folders'>): Promise<void> {
  await editTomlFile(libraryPlaces(folders).configFile, ({ raw, toml }) =>
    raw === null ? initialConfig : toml.text,
  )
}
