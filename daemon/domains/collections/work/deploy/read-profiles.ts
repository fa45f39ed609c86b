import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { knownProfiles, type Profile, withDefaults, withStored } from './profiles.ts'

/**
 * The profiles of this user, weakest first: the known ones, `platform.defaults` of the library's `config.toml`, the JSON of
 * `SKILLMEAT_PLATFORM_DEFAULTS_JSON` (`platformDefaults`). Errors: `deploy.bad_profile`, `config.syntax`,
 * `object.unreadable`.
 */
export async function readUserProfiles(
  { folders }: Pick<WorkTools, 'folders'>,
  platformDefaults: string | null,
): Promise<Profile[]> {
  const { configFile } = libraryPlaces(folders)
  const data = await readTable(configFile)
  const platform = isTable(data?.platform) ? data.platform : {}
  const fromFile = withDefaults(knownProfiles, platform.defaults, configFile)
  if (platformDefaults === null) return fromFile
  return withDefaults(fromFile, parseDefaults(platformDefaults), 'SKILLMEAT_PLATFORM_DEFAULTS_JSON')
}

export type ProjectProfiles = {
  profiles: Profile[]
  /** Why the file in a folder could not be looked at, by the root of its profile; those of others count all the same. */
  unreadable: Map<string, SmdError>
}

/**
 * The same with what a project stores in its `.skillmeat-project.toml`, a table `[[profiles]]` for each. Errors:
 * `deploy.bad_profile`, `config.syntax`.
 */
export async function readProjectProfiles(
  profiles: readonly Profile[],
  project: string,
): Promise<ProjectProfiles> {
  const unreadable: ProjectProfiles['unreadable'] = new Map()
  for (const { root } of profiles) {
    const file = join(project, root, '.skillmeat-project.toml')
    const data = await readTable(file).catch((error: unknown) => {
      if (!(error instanceof SmdError) || error.slug !== 'object.unreadable') throw error
      unreadable.set(root, error)
      return null
    })
    if (data?.profiles !== undefined)
      return { profiles: withStored(profiles, data.profiles, file), unreadable }
  }
  return { profiles: [...profiles], unreadable }
}

function parseDefaults(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const details = { where: 'SKILLMEAT_PLATFORM_DEFAULTS_JSON', reason: 'it is not valid JSON' }
    throw new SmdError('deploy.bad_profile', details, { cause })
  }
}

async function readTable(file: string): Promise<Record<string, unknown> | null> {
  const bytes = await readFile(file).catch(unlessAbsentAt(file))
  return bytes ? parseToml(decodeToml(bytes, file).text, file).data : null
}
