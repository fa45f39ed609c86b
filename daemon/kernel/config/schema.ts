/** Checks a document against the table of settings and says where each value comes from. */
import { SmdError } from '../../../protocol/errors.ts'
import {
  findSetting,
  type SettingKey,
  type Settings,
  type SettingValue,
  settingKeys,
  settingSpec,
} from '../../../protocol/settings.ts'
import { overridingVariable, readVariable } from './env.ts'
import { expandHome } from './machine-folders.ts'
import { nearest } from './nearest.ts'
import { lineOf, type Toml } from './toml-places.ts'
import { checkValue, describeValue, expectation, isTable } from './value.ts'

export type { Settings } from '../../../protocol/settings.ts'

/** Where a value comes from. `name` is the key as written in the file, which may be an alias. */
export type SettingOrigin =
  | { from: 'default' }
  | { from: 'file'; file: string; line: number; name: string }
  | { from: 'environment'; variable: string }

/** A key of the file that smd does not know; it is kept. */
export type UnknownKey = { file: string; line: number; key: string; suggestion: string | null }

/** What the file and the environment say, checked. */
export type ResolvedSettings = {
  /** Ready for use: paths with `~` expanded. */
  settings: Settings
  /** As written, and by whom. */
  origins: Record<SettingKey, { value: SettingValue; origin: SettingOrigin }>
  unknownKeys: UnknownKey[]
  /** Every bad value (config.invalid); the setting then has its value without it. */
  problems: SmdError[]
}

/** A document and the file it was read from. */
export type ConfigDocument = { toml: Toml; file: string }

/** Resolves every setting: environment, then file (aliases first), then default. `home` replaces `~` in paths. */
export function resolveSettings(
  document: ConfigDocument | null,
  env: NodeJS.ProcessEnv,
  home: string,
): ResolvedSettings {
  const problems: SmdError[] = document ? misplacedTables(document) : []
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof SmdError)) throw error
      problems.push(error)
      return null
    }
  }
  const resolve = (key: SettingKey): { value: SettingValue; origin: SettingOrigin } => {
    const written = document ? attempt(() => readFromFile(document, key)) : null
    const variable = overridingVariable(env, key)
    const overriding = variable ? attempt(() => readVariable(env, key, variable)) : null
    if (variable && overriding !== null)
      return { value: overriding, origin: { from: 'environment', variable } }
    return written ?? { value: settingSpec(key).default, origin: { from: 'default' } }
  }
  const origins = Object.fromEntries(
    settingKeys.map((key) => [key, resolve(key)]),
  ) as ResolvedSettings['origins']
  return {
    settings: nest(origins, home),
    origins,
    unknownKeys: document ? findUnknownKeys(document) : [],
    problems,
  }
}

/** The names under which a setting may stand in the file, in order of precedence. */
export function namesOf(key: SettingKey): string[] {
  return [...(settingSpec(key).aliases ?? []), key]
}

/** What the document holds at a dotted name; undefined when absent. */
export function rawValue(toml: Toml, name: string): unknown {
  let value: unknown = toml.data
  for (const part of name.split('.'))
    value = isTable(value) && Object.hasOwn(value, part) ? value[part] : undefined
  return value
}

function readFromFile({ toml, file }: ConfigDocument, key: SettingKey) {
  const spec = settingSpec(key)
  for (const name of namesOf(key)) {
    const raw = rawValue(toml, name)
    if (raw === undefined) continue
    const line = lineOf(toml, name.split('.')) ?? 1
    const checked = checkValue(spec, raw)
    if (checked) return { value: checked.value, origin: { from: 'file', file, line, name } as const }
    throw new SmdError('config.invalid', {
      file,
      line,
      key: name,
      found: describeValue(raw),
      expected: expectation(spec),
    })
  }
  return null
}

/** `cache = 5` or `[[cache]]`, where settings below `cache` are expected. */
function misplacedTables({ toml, file }: ConfigDocument): SmdError[] {
  return tableNames().flatMap((table) => {
    const raw = rawValue(toml, table)
    if (raw === undefined || isTable(raw)) return []
    const line = lineOf(toml, [table]) ?? 1
    return [
      new SmdError('config.invalid', {
        file,
        line,
        key: table,
        found: describeValue(raw),
        expected: 'a table',
      }),
    ]
  })
}

function findUnknownKeys({ toml, file }: ConfigDocument): UnknownKey[] {
  const tables = tableNames()
  const unknown = (path: string[]): UnknownKey => ({
    file,
    line: lineOf(toml, path) ?? 1,
    key: path.join('.'),
    suggestion: suggest(path.join('.')),
  })
  return Object.entries(toml.data).flatMap(([name, value]) => {
    if (!name.includes('.') && findSetting(name)) return []
    if (!tables.includes(name)) return [unknown([name])]
    if (!isTable(value)) return []
    return Object.keys(value)
      .filter((key) => key.includes('.') || !findSetting(`${name}.${key}`))
      .map((key) => unknown([name, key]))
  })
}

/**
 * The setting or table probably meant: one of the same table, a table of nearly the same name, or a setting whose last
 * part it is (`ttl_minute` outside of `[cache]`).
 */
export function suggest(name: string): string | null {
  const [table, rest] = split(name)
  const [tables, names] = [tableNames(), settingKeys.flatMap(namesOf)]
  const within = (wanted: string) => {
    const found = nearest(
      rest ?? name,
      names.filter((other) => split(other)[0] === wanted).map((other) => split(other)[1] ?? other),
    )
    return found && findSetting(`${wanted}.${found}`)
  }
  if (rest !== null) {
    const meant = nearest(table, tables)
    return meant && within(meant)
  }
  const root = nearest(name, [...tables, ...names.filter((other) => split(other)[1] === null)])
  if (root) return findSetting(root) ?? root
  for (const other of tables) {
    const found = within(other)
    if (found) return found
  }
  return null
}

/** Table and key of a dotted name; the key is null when there is no dot. */
function split(name: string): [string, string | null] {
  const dot = name.indexOf('.')
  return dot < 0 ? [name, null] : [name.slice(0, dot), name.slice(dot + 1)]
}

function tableNames(): string[] {
  return [...new Set(settingKeys.filter((key) => key.includes('.')).map((key) => split(key)[0]))]
}

function nest(origins: ResolvedSettings['origins'], home: string): Settings {
  const nested: Record<string, unknown> = {}
  for (const key of settingKeys) {
    const value = usable(key, origins[key].value, home)
    const [table, name] = key.split('.') as [string, string | undefined]
    nested[table] = name === undefined ? value : { ...(nested[table] as object | undefined), [name]: value }
  }
  return nested as Settings
}

function usable(key: SettingKey, value: SettingValue, home: string): SettingValue {
  const spec = settingSpec(key)
  const expand = (text: string) => ('path' in spec && spec.path ? expandHome(text, home) : text)
  if (typeof value === 'string') return expand(value)
  return Array.isArray(value) ? value.map((item: string) => expand(item)) : value
}
