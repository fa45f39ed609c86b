import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SmdError } from '../../../../protocol/errors.ts'
import { acquireInstanceLock, type InstanceLock } from '../../../kernel/service/instance-lock.ts'
import { libraryPlaces } from './places.ts'
import type { WorkTools } from './tools.ts'

const EACH_MS = 25
/** Longer than any change should take. */
const PATIENCE_MS = 15_000

/**
 * Runs a change while no other process changes this library: two daemons may have the same one. The system frees the lock
 * with the process that holds it. Errors: `deploy.library_busy`, `deploy.library_unwritable`, those of the change.
 */
export async function withLibraryLock<Result>(
  { folders, signal }: Pick<WorkTools, 'folders' | 'signal'>,
  change: () => Promise<Result>,
): Promise<Result> {
  const { own } = libraryPlaces(folders)
  await mkdir(own, { recursive: true, mode: 0o700 }).catch((error) => refuse(folders.skillmeat, error))
  const lock = await takeLock(join(own, 'lock'), folders.skillmeat, signal)
  try {
    return await change()
  } finally {
    lock.release()
  }
}

async function takeLock(file: string, folder: string, signal: AbortSignal): Promise<InstanceLock> {
  for (let waited = 0; waited <= PATIENCE_MS; waited += EACH_MS) {
    const lock = tryLock(file, folder)
    if (lock?.isInPlace()) return lock
    lock?.release()
    if (signal.aborted) break
    await wait(EACH_MS)
  }
  throw new SmdError('deploy.library_busy', { folder })
}

function tryLock(file: string, folder: string): InstanceLock | null {
  try {
    return acquireInstanceLock(file)
  } catch (error) {
    return refuse(folder, error)
  }
}

function refuse(folder: string, error: unknown): never {
  const { code = '' } = error as NodeJS.ErrnoException
  const isForbidden = /^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|SQLITE_READONLY\w*|SQLITE_CANTOPEN\w*)$/.test(code)
  throw isForbidden ? new SmdError('deploy.library_unwritable', { folder, code }, { cause: error }) : error
}
