/** Checks one value of a setting: as found in the file, or as text from the environment or the command line. */
import type { SettingSpec, SettingValue } from '../../../protocol/settings.ts'

/** The value in its setting's type, or null when it is not one. `null` itself is never a value a user writes. */
export type Checked = { value: Exclude<SettingValue, null> } | null

/** Checks a value of a parsed TOML document. */
export function checkValue(spec: SettingSpec, raw: unknown): Checked {
  switch (spec.type) {
    case 'integer':
    case 'number': {
      const number = spec.numericText && typeof raw === 'string' ? numberFrom(raw) : raw
      if (typeof number !== 'number' || Number.isNaN(number)) return null
      if (spec.type === 'integer' && !Number.isInteger(number)) return null
      return number >= spec.min && number <= spec.max ? { value: number } : null
    }
    case 'boolean':
      return typeof raw === 'boolean' ? { value: raw } : null
    case 'string':
      return isText(raw, spec.path) ? { value: raw } : null
    case 'string[]':
      return Array.isArray(raw) && raw.every((item) => isText(item, spec.path)) ? { value: raw } : null
    case 'enum':
      return typeof raw === 'string' && spec.choices.includes(raw) ? { value: raw } : null
    case 'table':
      return isTable(raw) ? { value: raw } : null
  }
}

/** Reads text as a value: numbers, `true/false/yes/no/on/off/1/0` in any case, lists as JSON or separated by commas. */
export function parseText(spec: SettingSpec, text: string): Checked {
  const trimmed = text.trim()
  switch (spec.type) {
    case 'integer':
    case 'number':
      return checkValue(spec, numberFrom(trimmed))
    case 'boolean':
      if (/^(true|yes|on|1)$/i.test(trimmed)) return { value: true }
      return /^(false|no|off|0)$/i.test(trimmed) ? { value: false } : null
    case 'string[]':
      return checkValue(spec, listFrom(trimmed))
    case 'enum':
      return checkValue(spec, trimmed.toLowerCase())
    case 'string':
      return checkValue(spec, text)
    case 'table':
      return null
  }
}

/** What the setting accepts, to be read after "expected". */
export function expectation(spec: SettingSpec): string {
  switch (spec.type) {
    case 'integer':
      return `a whole number from ${spec.min} to ${spec.max}`
    case 'number':
      return `a number from ${spec.min} to ${spec.max}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return spec.path ? 'a path that is absolute or begins with ~/' : 'a text that is not empty'
    case 'string[]':
      return spec.path ? 'a list of paths that are absolute or begin with ~/' : 'a list of texts'
    case 'enum':
      return `one of ${spec.choices.join(', ')}`
    case 'table':
      return 'a table'
  }
}

/** What was found instead, to be read after "is"; short, on one line. */
export function describeValue(raw: unknown): string {
  if (typeof raw === 'number' || typeof raw === 'bigint') return String(raw)
  if (raw instanceof Date) return `the date ${raw.toISOString()}`
  if (isTable(raw)) return 'a table'
  if (Array.isArray(raw) && raw.some(isTable)) return 'a list of tables'
  const text =
    JSON.stringify(raw, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? String(raw)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** A table of a TOML document, as opposed to a list, a date or a scalar. */
export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** TOML texts hold no lone surrogate, and no path holds a NUL. Absolute in the sense of any platform. */
function isText(raw: unknown, path: true | undefined): raw is string {
  if (typeof raw !== 'string' || raw === '' || !raw.isWellFormed()) return false
  return path ? !raw.includes('\0') && /^(~?\/|~\\|~$|[a-z]:[\\/]|\\\\)/i.test(raw) : true
}

function numberFrom(text: string): number {
  return /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
}

function listFrom(text: string): unknown {
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text)
    } catch {
      return null
    }
  }
  return text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))
}
