/** Files and folders that are still there after a power cut. */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a private folder and those above it that are missing; their names are on the disk when the promise resolves. */
export async function makeFolderDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  const last = dirname(first)
  for (let folder = dirname(path); folder.length >= last.length; folder = dirname(folder)) {
    await syncFolder(folder)
    if (folder === dirname(folder)) return
  }
}

/** Writes a new private file; content on the disk when the promise resolves, its name after `syncFolder`. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

type FolderCalls = { open(path: string | Buffer, flags: string): Promise<Pick<FileHandle, 'sync' | 'close'>> }

/**
 * Makes the names in a folder durable. Windows and some network file systems cannot; the names stand anyway.
 * `calls` is replaced by tests.
 */
export async function syncFolder(folder: string | Buffer, calls: FolderCalls = { open }): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await calls.open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await handle.close()
  }
}
