/** Tells what is not there from what is there and cannot be looked at, so that no answer takes one for the other. */
import { SmdError } from '../../../../protocol/errors.ts'

/** What is there, but may not be looked at, or leads in circles. `error`: of the file system. */
export function unreadable(path: string, error: unknown): SmdError {
  const { code, message } = error as NodeJS.ErrnoException
  return new SmdError('object.unreadable', { path, reason: code ?? message }, { cause: error })
}

/** For `catch`: null when there is nothing at the path. Errors: `object.unreadable`; those that are none of the file system's. */
export const unlessAbsentAt =
  (path: string) =>
  (error: unknown): null => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error instanceof SmdError || code === undefined ? error : unreadable(path, error)
  }
