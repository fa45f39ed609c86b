/** Settings as the command line shows and takes them. */
import {
  type SettingKey,
  type SettingSpec,
  type SettingValue,
  settingKeys,
  settingSpec,
} from '../../../protocol/settings.ts'
import { badValue, requireSetting } from './file.ts'
import type { ResolvedSettings, SettingOrigin } from './schema.ts'
import { parseText } from './value.ts'

/** One line of `smd config list`. */
export type SettingRow = {
  key: SettingKey
  /** As written: `~` is not expanded. */
  value: SettingValue
  default: SettingValue
  /** What decides the value now. */
  origin: SettingOrigin['from']
  /** Line of the file, when that decides. */
  line: number | null
  /** Environment variable that overrides the file, whether set or not. */
  variable: string | null
  describe: string
  type: SettingSpec['type']
  /** Of numbers; null for others. */
  min: number | null
  max: number | null
  /** Of a choice between words; null for others. */
  choices: readonly string[] | null
  applies: SettingSpec['applies']
  aliases: readonly string[]
}

/** Every setting, in the order of the table. */
export function listSettings(resolved: ResolvedSettings): SettingRow[] {
  return settingKeys.map((key) => getSetting(resolved, key))
}

/** One setting by name or alias. Errors: config.unknown_key. */
export function getSetting(resolved: ResolvedSettings, name: string): SettingRow {
  const key = requireSetting(name)
  const spec = settingSpec(key)
  const { value, origin } = resolved.origins[key]
  return {
    key,
    value,
    default: spec.default,
    origin: origin.from,
    line: origin.from === 'file' ? origin.line : null,
    variable: spec.env,
    describe: spec.describe,
    type: spec.type,
    min: 'min' in spec ? spec.min : null,
    max: 'max' in spec ? spec.max : null,
    choices: 'choices' in spec ? spec.choices : null,
    applies: spec.applies,
    aliases: spec.aliases ?? [],
  }
}

/**
 * Reads the words after `smd config set KEY` as a value of that setting: `360`, `true`, `on`, `a,b` or `["a","b"]`.
 * Errors: config.unknown_key; config.invalid, which names what was expected.
 */
export function parseSetting(name: string, text: string): Exclude<SettingValue, null> {
  const key = requireSetting(name)
  const spec = settingSpec(key)
  const checked = parseText(spec, text)
  if (checked) return checked.value
  throw badValue(key, text)
}
