/** Settings that the environment overrides. */
import { SmdError } from '../../../protocol/errors.ts'
import { type SettingKey, type SettingValue, settingSpec } from '../../../protocol/settings.ts'
import { describeValue, expectation, parseText } from './value.ts'

/** The variable that sets this key in `env`, or null; an empty one counts as unset. */
export function overridingVariable(env: NodeJS.ProcessEnv, key: SettingKey): string | null {
  const variable = settingSpec(key).env
  return variable && env[variable] ? variable : null
}

/** The value of the overriding variable. Errors: config.invalid, with the variable in the place of a line. */
export function readVariable(
  env: NodeJS.ProcessEnv,
  key: SettingKey,
  variable: string,
): Exclude<SettingValue, null> {
  const text = env[variable] ?? ''
  const checked = parseText(settingSpec(key), text)
  if (checked) return checked.value
  throw new SmdError('config.invalid', {
    file: 'environment',
    line: variable,
    key,
    found: describeValue(text),
    expected: expectation(settingSpec(key)),
  })
}
