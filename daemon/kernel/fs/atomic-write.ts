/** Replaces a file as a whole: whoever reads it, at any time or after a crash, finds the old or the new content. */
import { type FileHandle, lstat, open, readdir, readlink, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { newUniqueId } from '../unique-id.ts'
import { syncFolder } from './durable.ts'

/** The calls this module makes; replaced in tests to fail or stop at any of them. */
export type AtomicWriteCalls = {
  lstat: typeof lstat
  stat: typeof stat
  readlink: typeof readlink
  open: (path: string, flags: string, mode?: number) => Promise<WritableHandle>
  rename: typeof rename
  unlink: typeof unlink
}
type WritableHandle = Pick<FileHandle, 'writeFile' | 'chmod' | 'chown' | 'sync' | 'close'>

const systemCalls: AtomicWriteCalls = { lstat, stat, readlink, open, rename, unlink }

/**
 * Writes `content` to `target`, whose folder must exist.
 *
 * An existing file keeps its mode and, as far as the process may, its owner; a new one gets `mode`, whatever the umask.
 * A symbolic link stays one: the file it points to is replaced, or created. Content and name are on the disk when the
 * promise resolves. `beforeRename` has the last word: when it throws, the file stays as it is.
 * Errors: those of the file system and of `beforeRename`, and `target` being something else than a regular file.
 */
export async function atomicWriteFile(
  target: string,
  content: string | Uint8Array,
  {
    mode = 0o600,
    calls = systemCalls,
    beforeRename = async () => undefined,
  }: { mode?: number; calls?: AtomicWriteCalls; beforeRename?: () => Promise<void> } = {},
): Promise<void> {
  const path = await followLinks(target, calls)
  const old = await calls.stat(path).catch(unlessAbsent)
  if (old && !old.isFile()) throw new Error(`${path} is not a regular file`)

  const folder = dirname(path)
  const temporary = join(folder, `${stemOf(path)}${newUniqueId().slice(0, 12)}.tmp`)
  const handle = await calls.open(temporary, 'wx', 0o600)
  try {
    try {
      await handle.writeFile(content)
      // The owner first: changing it clears mode bits.
      if (old && process.platform !== 'win32') await handle.chown(old.uid, old.gid).catch(unlessForbidden)
      await handle.chmod(old ? old.mode & 0o7777 : mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await beforeRename()
    await calls.rename(temporary, path)
  } catch (error) {
    // What failed first is what the caller must learn; a temporary file that cannot be removed either is left behind.
    await calls.unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(folder, calls)
}

/**
 * Removes what writers of `target` left behind that were killed; answers how many files. Only for a process that is the
 * one to write it.
 */
export async function removeLeftovers(target: string): Promise<number> {
  const path = await followLinks(target, systemCalls)
  const folder = dirname(path)
  const stem = stemOf(path)
  const names = await readdir(folder).catch(unlessAbsent)
  const left = (names ?? []).filter(
    (name) => name.startsWith(stem) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(stem.length)),
  )
  for (const name of left) await unlink(join(folder, name)).catch(unlessAbsent)
  return left.length
}

/** Begin of the name of a temporary file; cut to keep the whole below the 255 bytes of common file systems. */
const stemOf = (path: string): string => `.${Buffer.from(basename(path)).subarray(0, 200).toString()}.`

/** The path at the end of a chain of links; the last one need not exist. */
async function followLinks(target: string, calls: AtomicWriteCalls): Promise<string> {
  let path = resolve(target)
  for (let links = 0; links < 40; links++) {
    const found = await calls.lstat(path).catch(unlessAbsent)
    if (!found?.isSymbolicLink()) return path
    path = resolve(dirname(path), await calls.readlink(path))
  }
  throw new Error(`${target} is a loop of symbolic links`)
}

function unlessAbsent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

/** Only the superuser gives files away; a file that others share with us becomes ours, as with any editor. */
function unlessForbidden(error: unknown): void {
  if (!['EPERM', 'EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
