import { SmdError } from '../../../protocol/errors.ts'
import { findSetting, type SettingKey } from '../../../protocol/settings.ts'

/** A setting of the cache by its name or alias, with or without `cache.`. Errors: `config.unknown_key`. */
export function cacheSetting(name: string): SettingKey {
  const key = findSetting(name) ?? findSetting(`cache.${name}`)
  if (key?.startsWith('cache.')) return key
  throw new SmdError('config.unknown_key', { key: name })
}
