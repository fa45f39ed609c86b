/** Settings in words, for the commands that print them. */
import type { Call } from '../../../protocol/client.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { Io } from '../../io.ts'

export type Setting = ResultOf<'config.get'>

/** As it could be typed after `smd config set KEY`; empty when it is not set. */
export function valueText(value: unknown): string {
  if (value === null) return ''
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Who decides the value now. */
export function originText({ origin, line, variable }: Setting): string {
  if (origin === 'file') return `line ${line}`
  return origin === 'environment' ? String(variable) : 'default'
}

/** Writes a setting as typed. Errors: those of `config.set`; what cannot be its value becomes `cli.usage`. */
export async function setSetting(call: Call, key: string, value: string, command: string): Promise<Setting> {
  try {
    return await call('config.set', { key, value })
  } catch (error) {
    if (!(error instanceof SmdError) || error.slug !== 'config.invalid' || error.details.file !== 'request')
      throw error
    const { key: name, expected } = error.details
    throw new SmdError('cli.usage', {
      reason: `${name} cannot be "${value}"; expected ${expected}.`,
      usage: `smd ${command} <key> <value>`,
    })
  }
}

/** After a change: the new value, and when it counts. */
export function reportChange(io: Io, setting: Setting, done: string): void {
  if (io.json) {
    io.value(setting)
    return
  }
  io.line(`${setting.key} ${done}`)
  if (setting.applies === 'restart') io.note('It counts after: smd restart')
}
