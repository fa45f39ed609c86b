/** Small TOML files that people edit, too: read as they are, and replaced only if they are still what was read. */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import type { Toml } from '../../../../kernel/config/toml-places.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { atomicWriteFile } from '../../../../kernel/fs/atomic-write.ts'
import { makeFolderDurably } from '../../../../kernel/fs/durable.ts'
import { unlessAbsentAt } from '../unreadable.ts'

/** A file as it was read. */
export type TomlFile = {
  path: string
  /** All of it, with the byte order mark; null when there is none. */
  raw: string | null
  bom: string
  toml: Toml
}

/** How often a file that changes meanwhile is read again. */
const TRIES = 5

/** An absent file is an empty one. Errors: config.syntax with line and column; `object.unreadable`. */
export async function readTomlFile(path: string): Promise<TomlFile> {
  const bytes = await readFile(path).catch(unlessAbsentAt(path))
  if (!bytes) return { path, raw: null, bom: '', toml: parseToml('', path) }
  const { text, bom } = decodeToml(bytes, path)
  return { path, raw: bom + text, bom, toml: parseOnce(text, path) }
}

/** The documents read last: one piece of work asks for the same manifest several times. Whoever reads cannot change them. */
const lastRead: Toml[] = []
const KEPT = 4

function parseOnce(text: string, path: string): Toml {
  const index = lastRead.findIndex((each) => each.text === text)
  const [known] = index < 0 ? [] : lastRead.splice(index, 1)
  const toml = known ?? parseToml(text, path)
  if (!known) freeze(toml.data)
  lastRead.unshift(toml)
  lastRead.splice(KEPT)
  return toml
}

function freeze(value: unknown): void {
  if (!Array.isArray(value) && !isTable(value)) return
  Object.freeze(value)
  for (const child of Object.values(value)) freeze(child)
}

/**
 * Replaces a file by what `change` makes of it, made anew when somebody else changed it meanwhile; answers whether anything
 * differs. To be called inside of `exclusively`. Errors: `collection.changing`, `collection.not_written`, config.syntax,
 * those of `change`.
 */
export async function editTomlFile(
  path: string,
  change: (file: TomlFile) => string | Promise<string>,
): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const file = await readTomlFile(path)
    const text = file.bom + (await change(file))
    if (text === (file.raw ?? '')) return false
    if (await replace(file, text)) return true
  }
  throw new SmdError('collection.changing', { path })
}

/** False when the file is not what was read any more. */
async function replace({ path, raw }: TomlFile, text: string): Promise<boolean> {
  let isSame = true
  const beforeRename = async (): Promise<void> => {
    const now = await readFile(path, 'utf8').catch(unlessAbsent)
    isSame = now === raw
    if (!isSame) throw new Error('it was changed meanwhile')
  }
  try {
    await makeFolderDurably(dirname(path))
    await atomicWriteFile(path, text, { mode: 0o644, beforeRename })
    return true
  } catch (error) {
    if (!isSame) return false
    throw notWritten(path, error)
  }
}

/** A failure of the file system as one of ours; anything else stays as it is. */
export function notWritten(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof SmdError || code === undefined) return error
  return new SmdError('collection.not_written', { path, reason: code }, { cause: error })
}

export function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
