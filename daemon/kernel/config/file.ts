/** `config.toml` on the disk: reading it, and changing one setting while leaving every other byte as it is. */
import { readFile, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { findSetting, type SettingKey, type SettingValue, settingSpec } from '../../../protocol/settings.ts'
import { atomicWriteFile } from '../fs/atomic-write.ts'
import { makeFolderDurably, syncFolder } from '../fs/durable.ts'
import { overridingVariable } from './env.ts'
import {
  type ConfigDocument,
  namesOf,
  type ResolvedSettings,
  rawValue,
  resolveSettings,
  suggest,
} from './schema.ts'
import { checkValue, describeValue, expectation, isTable } from './value.ts'

/** Where settings come from: the file, the environment, and the home folder that `~` stands for. */
export type ConfigSource = { file: string; env: NodeJS.ProcessEnv; home: string }

/**
 * All settings with their origins, unknown keys and bad values. An absent file is an empty one.
 * Errors: config.syntax; those of the file system (unreadable file).
 */
export async function inspectSettings(source: ConfigSource): Promise<ResolvedSettings> {
  return resolveSettings(await readDocument(source.file), source.env, source.home)
}

/** As `inspectSettings`. Errors: also config.invalid, for the first bad value. */
export async function loadSettings(source: ConfigSource): Promise<ResolvedSettings> {
  const resolved = await inspectSettings(source)
  const [problem] = resolved.problems
  if (problem) throw problem
  return resolved
}

/**
 * Writes one setting into the file, creating it (0600) and its folder (0700) if need be. A setting that stands there
 * under an alias is changed there, because that is the one in effect.
 *
 * Errors: config.unknown_key, config.locked, config.invalid (the value, or something else in the key's place),
 * config.syntax (the file is left alone).
 */
export async function setValue(source: ConfigSource, name: string, value: SettingValue): Promise<void> {
  const key = changeableKey(source, name)
  const spec = settingSpec(key)
  const checked = checkValue(spec, value)
  if (!checked || spec.type === 'table') throw badValue(key, value)

  await change(source.file, async (document) => {
    const { parseToml } = await import('./toml.ts')
    const { findEntry, setInToml } = await import('./toml-edit.ts')
    const toml = document?.toml ?? parseToml('', source.file)
    const written = namesOf(key).find((other) => rawValue(toml, other) !== undefined) ?? key
    const path = written.split('.')
    const table = rawValue(toml, path[0] as string)
    const misplaced = path.length > 1 && table !== undefined && !isTable(table)
    const unreachable = rawValue(toml, written) !== undefined && !findEntry(toml, path)
    if (misplaced || unreachable) {
      const [problem] = resolveSettings({ toml, file: source.file }, {}, source.home).problems
      throw problem ?? badValue(key, rawValue(toml, written))
    }
    return setInToml(toml, path, checked.value as never)
  })
}

/**
 * Removes one setting from the file under all its names; answers whether there was one.
 * Errors: config.unknown_key, config.locked, config.syntax.
 */
export async function unsetValue(source: ConfigSource, name: string): Promise<boolean> {
  const key = changeableKey(source, name)
  if (settingSpec(key).type === 'table') throw badValue(key, null)
  return change(source.file, async (document) => {
    if (!document) return null
    const { parseToml } = await import('./toml.ts')
    const { unsetInToml } = await import('./toml-edit.ts')
    let { toml } = document
    for (const other of namesOf(key)) toml = parseToml(unsetInToml(toml, other.split('.')), source.file)
    return toml.text
  })
}

/** The setting with this name or alias. Errors: config.unknown_key, with the name probably meant. */
export function requireSetting(name: string): SettingKey {
  const key = findSetting(name)
  if (key) return key
  throw new SmdError('config.unknown_key', { key: name, suggestion: suggest(name) })
}

function changeableKey(source: ConfigSource, name: string): SettingKey {
  const key = requireSetting(name)
  const variable = overridingVariable(source.env, key)
  if (variable) throw new SmdError('config.locked', { key, variable })
  return key
}

/** A value that came with a request has no file and line: these say so. */
export function badValue(key: SettingKey, value: unknown): SmdError {
  const spec = settingSpec(key)
  const expected = spec.type === 'table' ? 'a table, which is changed in the file itself' : expectation(spec)
  return new SmdError('config.invalid', {
    file: 'request',
    line: 'value',
    key,
    found: describeValue(value),
    expected,
  })
}

/** One change of a file at a time: the next one reads what the former wrote. */
const queues = new Map<string, Promise<unknown>>()

async function change(
  file: string,
  edit: (document: (ConfigDocument & { bom: string }) | null) => Promise<string | null>,
): Promise<boolean> {
  return inTurn(file, async () => {
    const document = await readDocument(file)
    const text = await edit(document)
    if (text === null || text === document?.toml.text) return false
    if (!document) await makeFolderDurably(dirname(file))
    await atomicWriteFile(file, `${document?.bom ?? ''}${text}`)
    return true
  })
}

async function inTurn<Result>(file: string, run: () => Promise<Result>): Promise<Result> {
  const turn = (queues.get(file) ?? Promise.resolve()).then(run, run)
  queues.set(file, turn)
  try {
    return await turn
  } finally {
    if (queues.get(file) === turn) queues.delete(file)
  }
}

/**
 * Puts `content` in the place of the whole file, or removes it when null, in turn with other changes. It must be TOML that
 * can be read. Errors: config.syntax; those of the file system.
 */
export async function replaceConfig(file: string, content: Uint8Array | null): Promise<void> {
  await inTurn(file, async () => {
    if (content === null) return remove(file)
    await checkSyntax(content, file)
    await makeFolderDurably(dirname(file))
    await atomicWriteFile(file, content)
  })
}

/** Errors: config.syntax. */
export async function checkSyntax(content: Uint8Array, file: string): Promise<void> {
  const { decodeToml, parseToml } = await import('./toml.ts')
  parseToml(decodeToml(content, file).text, file)
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await syncFolder(dirname(file))
}

/** The parser is loaded only when there is something to parse: most machines have no `config.toml`. */
async function readDocument(file: string): Promise<(ConfigDocument & { bom: string }) | null> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const { decodeToml, parseToml } = await import('./toml.ts')
  const { text, bom } = decodeToml(bytes, file)
  return { toml: parseToml(text, file), bom, file }
}
