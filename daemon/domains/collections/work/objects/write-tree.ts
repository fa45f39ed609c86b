/** Puts an artifact on the disk: whole and durable, or not at all. */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { SmdError } from '../../../../../protocol/errors.ts'
import { syncFolder } from '../../../../kernel/fs/durable.ts'
import { isEntryPath, type SystemPath, shownPath, systemPath } from './entry-paths.ts'
import type { Tree, TreeEntry } from './tree.ts'

const sync = promisify(fsync)

/** Files open at a time, whose contents the disk may take in one go. */
const OPEN_FILES = 32

export type WriteOptions = {
  /** The caller makes the name of `to` durable, together with others. */
  leaveName?: boolean
}

/**
 * Makes `to`, which must not exist while its folder does; on failure nothing is left of it. What takes no time is done by
 * calls that wait, a fifth of the work of those that do not; only the disk is waited for beside others. Errors: `object.missing` for a content there is not, `object.bad_path`, those of the file system (`EEXIST`).
 */
export async function writeTree(
  tree: Tree,
  to: string,
  contentOf: (digest: string) => Promise<Buffer | null>,
  { leaveName = false }: WriteOptions = {},
): Promise<void> {
  for (const { path } of tree.entries)
    if (!isEntryPath(path) || (path === '') !== tree.isFile)
      throw new SmdError('object.bad_path', { path: shownPath(path) })
  const folders = new Map<string, SystemPath>()
  const written = new WrittenFiles()
  try {
    if (!tree.isFile) makeFolder(to, '', folders)
    for (const entry of tree.entries) {
      makeParents(to, entry.path, folders)
      const content = await contentOf(entry.digest)
      if (!content)
        throw new SmdError('object.missing', { path: shownPath(entry.path), digest: entry.digest })
      await written.add(systemPath(to, entry.path), entry, content)
    }
    await written.flush()
    await Promise.all([...folders.values()].map((folder) => syncFolder(folder)))
    if (!leaveName) await syncFolder(dirname(to))
  } catch (error) {
    written.close()
    // Not what somebody else put there.
    if (isTaken(error) && folders.size === 0) throw error
    await rm(to, { recursive: true, force: true })
    throw error
  }
}

/** Files whose contents are on their way to the disk, a few at a time. */
class WrittenFiles {
  #open: number[] = []

  async add(path: SystemPath, { kind, mode }: TreeEntry, content: Buffer): Promise<void> {
    if (kind === 'link') return symlinkSync(content, path)
    const file = openSync(path, 'wx', mode)
    this.#open.push(file)
    writeFileSync(file, content)
    // Whatever the umask.
    fchmodSync(file, mode)
    if (this.#open.length >= OPEN_FILES) await this.flush()
  }

  /** All contents are on the disk when the promise resolves. */
  async flush(): Promise<void> {
    const done = await Promise.allSettled(this.#open.map((file) => sync(file)))
    this.close()
    for (const each of done) if (each.status === 'rejected') throw each.reason
  }

  close(): void {
    for (const file of this.#open.splice(0)) closeSync(file)
  }
}

function makeParents(to: string, path: string, folders: Map<string, SystemPath>): void {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    makeFolder(to, path.slice(0, at), folders)
}

function makeFolder(to: string, path: string, folders: Map<string, SystemPath>): void {
  if (folders.has(path)) return
  const folder = systemPath(to, path)
  mkdirSync(folder, { mode: 0o755 })
  chmodSync(folder, 0o755)
  folders.set(path, folder)
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'
