/** Whether config.toml says what it means to say. */
import { type ConfigSource, inspectSettings } from '../../daemon/kernel/config/file.ts'
import { SmdError } from '../../protocol/errors.ts'
import { type Finding, fault, type Machine, note, ok } from './finding.ts'

const CHECK = 'config.toml'

export async function checkSettings({ paths, env, home }: Machine): Promise<Finding[]> {
  const source: ConfigSource = { file: paths.configFile, env, home }
  try {
    const { problems, unknownKeys } = await inspectSettings(source)
    const faults = problems.map((problem) => fault(CHECK, problem.message, problem.hint))
    const notes = unknownKeys.map(({ file, line, key, suggestion }) =>
      note(
        CHECK,
        `${file}:${line}: unknown setting ${key}, without effect.`,
        suggestion ? `Did you mean ${suggestion}?` : 'Look at the known ones with: smd config list',
      ),
    )
    return faults.length + notes.length > 0 ? [...faults, ...notes] : [ok(CHECK, paths.configFile)]
  } catch (error) {
    if (error instanceof SmdError) return [fault(CHECK, error.message, error.hint)]
    const { code = String(error) } = error as NodeJS.ErrnoException
    return [fault(CHECK, `${paths.configFile} cannot be read: ${code}.`, `chmod u+r ${paths.configFile}`)]
  }
}

/** The file of the cache as the settings have it; the default where they cannot be read. */
export async function cacheFile({ paths, env, home }: Machine): Promise<string> {
  try {
    const { settings } = await inspectSettings({ file: paths.configFile, env, home })
    return settings.cache.path ?? paths.cacheDb
  } catch {
    // Already a fault of `checkSettings`.
    return paths.cacheDb
  }
}
