/** Settings, environment and files of smd, without the values that may be secret. */
import { lstatSync } from 'node:fs'
import { inspectSettings } from '../../daemon/kernel/config/file.ts'
import { type SettingKey, type SettingValue, settingKeys, settingSpec } from '../../protocol/settings.ts'
import type { Machine } from '../doctor/finding.ts'

/**
 * Every setting with its value and origin. Of what smd does not know, or cannot read as a value, only the place is told:
 * that is where something unexpected was written. Of tables with free content, only the names.
 */
export async function describeSettings({ paths, env, home }: Machine): Promise<object> {
  const { origins, unknownKeys, problems } = await inspectSettings({ file: paths.configFile, env, home })
  return {
    file: paths.configFile,
    settings: settingKeys.map((key) => ({
      key,
      value: shownValue(key, origins[key].value),
      from: origins[key].origin,
    })),
    unknownKeys: unknownKeys.map(({ line, key }) => ({ line, key })),
    problems: problems.map(({ details }) => ({
      line: details.line ?? null,
      key: details.key ?? null,
      expected: details.expected ?? null,
    })),
  }
}

function shownValue(key: SettingKey, value: SettingValue): unknown {
  if (settingSpec(key).type !== 'table') return value
  return namesIn(value)
}

/** `{ a: { b: 1 } }` becomes `{ a: { b: 'number' } }`. */
function namesIn(value: unknown): unknown {
  if (Array.isArray(value)) return `${value.length} items`
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, namesIn(inner)]))
}

/** Variables whose values are folders or switches; of others that begin with SMD_ only the name is told. */
const KNOWN = new Set([
  'SMD_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'CLAUDE_CONFIG_DIR',
  'NO_COLOR',
  'LANG',
  'TERM',
  ...settingKeys.flatMap((key) => settingSpec(key).env ?? []),
])

export function describeEnvironment(env: NodeJS.ProcessEnv): object {
  const names = Object.keys(env).toSorted()
  return {
    variables: Object.fromEntries(names.filter((name) => KNOWN.has(name)).map((name) => [name, env[name]])),
    otherNames: names.filter((name) => name.startsWith('SMD_') && !KNOWN.has(name)),
  }
}

/** Where each file lies, and what the file system says of it. */
export function describePaths({ paths }: Machine): object {
  const { socket } = paths
  return Object.fromEntries(
    Object.entries({ ...paths, socket }).map(([name, path]) => [name, { path, ...describeFile(path) }]),
  )
}

function describeFile(path: string): object {
  try {
    const { mode, size, mtimeMs, uid } = lstatSync(path)
    return {
      mode: (mode & 0o7777).toString(8).padStart(4, '0'),
      uid,
      sizeBytes: size,
      changedAt: new Date(mtimeMs),
    }
  } catch (error) {
    return { notThere: (error as NodeJS.ErrnoException).code ?? String(error) }
  }
}
