/**
 * Archives of snapshots: a gzipped tar whose top entry is the collection's folder (formats spec section 6).
 *
 * They come from anywhere, so what is in one is looked at as a whole before anything of it is written.
 */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadEntry } from 'tar'
import { SmdError } from '../../../../../protocol/errors.ts'
import { makeFolderDurably } from '../../../../kernel/fs/durable.ts'

/** More than this in one archive is no collection; a small file can pretend to be as large as any. */
const maxBytes = 8 * 1024 ** 3
const maxEntries = 1_000_000

const folderTypes = ['Directory', 'GNUDumpDir']
const fileTypes = ['File', 'OldFile', 'ContiguousFile']

/**
 * Unpacks an archive into `to`, which must not exist, and answers the folder of the collection in it. Refused, before
 * anything is written: absolute paths, `..`, links that lead out of the collection, devices, more than one top folder.
 * Errors: `snapshot.unsafe_archive`, `snapshot.damaged`, those of the file system.
 */
export async function unpackArchive(file: string, to: string): Promise<string> {
  const tar = await import('tar')
  const top = new Set<string>()
  let refusal: string | null = null
  let bytes = 0
  let entries = 0
  await reading(file, () =>
    tar.list({
      file,
      strict: true,
      onReadEntry(entry) {
        bytes += entry.size
        refusal ??= reasonToRefuse(entry)
        if (++entries > maxEntries || bytes > maxBytes) refusal ??= 'it holds more than a collection can'
        top.add(entry.path.split('/')[0] ?? '')
      },
    }),
  )
  if (top.size > 1) refusal ??= `it holds ${[...top].slice(0, 3).join(' and ')}, not one collection`
  if (refusal !== null) throw new SmdError('snapshot.unsafe_archive', { file, reason: refusal })
  await makeFolderDurably(to)
  await reading(file, () => tar.extract({ file, cwd: to, strict: true }))
  return join(to, [...top][0] ?? '')
}

function reasonToRefuse({ path, type, linkpath }: ReadEntry): string | null {
  if (path.includes('\0') || /^([a-z]:)?[\\/]/i.test(path)) return `"${path}" is an absolute path`
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return `"${path}" leads out of the archive`
  if (parts.length === 0) return `"${path}" names nothing`
  if (folderTypes.includes(type) || fileTypes.includes(type)) return null
  if (type !== 'SymbolicLink' && type !== 'Link') return `"${path}" is a ${type}`
  // A hard link names its target from the top, a symbolic one from where it is.
  const target = linkpath ?? ''
  const from = type === 'Link' ? [] : parts.slice(0, -1)
  if (target.startsWith('/') || !staysInside([...from, ...target.split('/')], parts[0] ?? ''))
    return `the link "${path}" leads out of the collection`
  return null
}

/** Whether no step of the path leaves the top folder. */
export function staysInside(parts: readonly string[], top: string): boolean {
  const at: string[] = []
  for (const part of parts) {
    if (part === '..') at.pop()
    else if (part !== '' && part !== '.') at.push(part)
    if (at.length > 0 && at[0] !== top) return false
    if (at.length === 0 && part === '..') return false
  }
  return at[0] === top
}

async function reading(file: string, read: () => unknown): Promise<void> {
  try {
    await read()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EACCES' || code === 'EDQUOT') throw error
    throw new SmdError('snapshot.damaged', { file, reason: message }, { cause: error })
  }
}

/** Packs the folder `<parent>/<name>` into a new archive, whole under its name or not there at all. */
export async function packArchive(parent: string, name: string, file: string): Promise<void> {
  const tar = await import('tar')
  const temporary = `${file}.tmp`
  try {
    await tar.create({ file: temporary, cwd: parent, gzip: true, portable: true, strict: true }, [name])
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
