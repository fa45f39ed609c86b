/** Puts an artifact on the disk: whole and durable, or not at all. */
import { chmod, mkdir, open, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { syncFolder } from '../../../../kernel/fs/durable.ts'
import { isEntryPath, type SystemPath, shownPath, systemPath } from './entry-paths.ts'
import type { Tree, TreeEntry } from './tree.ts'

/**
 * Makes `to`, which must not exist while its folder does. Contents are asked for one after the other; on failure nothing is
 * left of it. Errors: `object.missing` for a content there is not, `object.bad_path`, those of the file system (`EEXIST`).
 */
export async function writeTree(
  tree: Tree,
  to: string,
  contentOf: (digest: string) => Promise<Buffer | null>,
): Promise<void> {
  for (const { path } of tree.entries)
    if (!isEntryPath(path) || (path === '') !== tree.isFile)
      throw new SmdError('object.bad_path', { path: shownPath(path) })
  const folders = new Map<string, SystemPath>()
  try {
    if (!tree.isFile) await makeFolder(to, '', folders)
    for (const entry of tree.entries) {
      await makeParents(to, entry.path, folders)
      const content = await contentOf(entry.digest)
      if (!content)
        throw new SmdError('object.missing', { path: shownPath(entry.path), digest: entry.digest })
      await writeEntry(systemPath(to, entry.path), entry, content)
    }
    for (const folder of [...folders.values()].reverse()) await syncFolder(folder)
    await syncFolder(dirname(to))
  } catch (error) {
    // Not what somebody else put there.
    if (isTaken(error) && folders.size === 0) throw error
    await rm(to, { recursive: true, force: true })
    throw error
  }
}

async function writeEntry(path: SystemPath, { kind, mode }: TreeEntry, content: Buffer): Promise<void> {
  if (kind === 'link') return symlink(content, path)
  const handle = await open(path, 'wx', mode)
  try {
    await handle.writeFile(content)
    // Whatever the umask.
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function makeParents(to: string, path: string, folders: Map<string, SystemPath>): Promise<void> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    await makeFolder(to, path.slice(0, at), folders)
}

async function makeFolder(to: string, path: string, folders: Map<string, SystemPath>): Promise<void> {
  if (folders.has(path)) return
  const folder = systemPath(to, path)
  await mkdir(folder, { mode: 0o755 })
  await chmod(folder, 0o755)
  folders.set(path, folder)
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'
