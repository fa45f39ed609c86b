/** The settings of a process, and warnings of what is wrong with them. */
import type { Surroundings } from './compose.ts'
import { SettingsStore } from './kernel/config/store.ts'
import type { Health } from './kernel/service/health.ts'

/** Mistakes in config.toml become warnings. */
export async function openSettings(
  { paths, env, folders, log }: Surroundings,
  health: Health,
): Promise<SettingsStore> {
  const source = { file: paths.configFile, env, home: folders.home }
  const { store, problems } = await SettingsStore.openLeniently(source)
  if (problems.length > 0) {
    health.warn('config.invalid', { problems: problems.join(' '), file: paths.configFile })
    log.error('config.toml has mistakes', { problems })
  }
  warnOfUnknownKeys(store, paths.configFile, health)
  return store
}

/** Says which keys of `file` have no effect, as it was read last, or that there are none any more. */
export function warnOfUnknownKeys({ warnings }: SettingsStore, file: string, health: Health): void {
  if (warnings.length > 0) health.warn('config.unknown_key', { problems: warnings.join(' '), file })
  else health.clear('config.unknown_key')
}
