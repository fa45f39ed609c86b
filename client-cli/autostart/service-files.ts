/** The files of a service on the disk: which are there, whose they are, writing and removing them. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { atomicWriteFile } from '../../daemon/kernel/fs/atomic-write.ts'
import type { ServiceFile, ServiceManager } from './manager.ts'
import { readMarker } from './marker.ts'

/** What is on the disk, compared with what would be written; `foreign` files are not smd's. */
export type FileState = 'absent' | 'current' | 'outdated' | 'foreign'

export function fileState({ path, content }: ServiceFile): FileState {
  const found = readIfThere(path)
  if (found === null) return 'absent'
  if (found.equals(Buffer.from(content))) return 'current'
  return readMarker(textOf(found)) ? 'outdated' : 'foreign'
}

/** What the installed files run, or null when none of smd's is there. */
export function installedProgram(files: readonly ServiceFile[]): { node: string; entry: string } | null {
  for (const { path } of files) {
    const found = readIfThere(path)
    const program = found && readMarker(textOf(found))
    if (program) return program
  }
  return null
}

/** Writes the file unless it is there already; `changed` tells. */
export async function writeServiceFile(file: ServiceFile): Promise<{ changed: boolean }> {
  if (fileState(file) === 'current') return { changed: false }
  mkdirSync(dirname(file.path), { recursive: true, mode: 0o755 })
  await atomicWriteFile(file.path, file.content, { mode: file.mode })
  // The one that was there before may have had another mode; launchd refuses a file that others may write to.
  chmodSync(file.path, file.mode)
  return { changed: true }
}

export const linkIsSet = ({ path, target }: { path: string; target: string }): boolean =>
  isLink(path) && readlinkSync(path) === target

export function setLink(link: { path: string; target: string }): { changed: boolean } {
  if (linkIsSet(link)) return { changed: false }
  mkdirSync(dirname(link.path), { recursive: true, mode: 0o755 })
  rmSync(link.path, { force: true })
  symlinkSync(link.target, link.path)
  return { changed: true }
}

/** Removes what smd wrote, then its folders as far as they are empty; gives the paths that are gone. */
export function removeServiceFiles({ files, links, folders }: ServiceManager): string[] {
  const states = files.map(fileState)
  const ours = files.filter((_, i) => states[i] === 'current' || states[i] === 'outdated')
  // A link to a file of somebody else is theirs, too.
  const ourLinks = states.includes('foreign') ? [] : links.filter(({ path }) => isLink(path))
  const gone = [...ourLinks, ...ours].map(({ path }) => path)
  for (const path of gone) rmSync(path)
  for (const folder of folders) removeIfEmpty(folder)
  return gone
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // EEXIST says the same as ENOTEMPTY on some systems; a folder that is a link was made by the user.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error
  }
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const textOf = (content: Buffer): string =>
  content.toString(content[0] === 0xff && content[1] === 0xfe ? 'utf16le' : 'utf8')
