/** The calls of the file system that operations make; replaced in tests to fail, or to stop, at any of them. */
import {
  chmod,
  chown,
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises'

export const systemCalls = {
  chmod,
  chown,
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
}
export type FileCalls = typeof systemCalls

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException)?.code ?? ''

/** For `catch`: null when there is nothing at the path. */
export function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null
  throw error
}

/** Whether there is anything at the path, a link to nothing included. */
export async function isThere(path: string, calls: FileCalls): Promise<boolean> {
  return (await calls.lstat(path).catch(unlessAbsent)) !== null
}

/** Writes a new file; its content is on the disk when the promise resolves, its name after `syncFolder`. */
export async function writeSynced(
  path: string,
  content: string,
  mode: number,
  calls: FileCalls,
): Promise<void> {
  const handle = await calls.open(path, 'wx', mode)
  try {
    await handle.writeFile(content)
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
