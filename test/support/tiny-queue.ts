/** A queue of inotify with next to no room, for this process only. */
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the kernel's limit is read and set. */
export const QUEUE_LIMIT = '/proc/sys/fs/inotify/max_queued_events'

/** Whether this process may set the limit: root, where /proc/sys is not read-only. */
export function maySetQueue(): boolean {
  try {
    accessSync(QUEUE_LIMIT, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The kernel takes the limit when a process sets its first watch, so it is lowered for that moment and put back. The
 * process must not have watched anything before. The returned function ends the watch.
 */
export function takeTinyQueue(events: number): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'smd-queue-'))
  const usual = readFileSync(QUEUE_LIMIT, 'utf8')
  let first: ReturnType<typeof watch>
  try {
    writeFileSync(QUEUE_LIMIT, String(events))
    first = watch(dir, { persistent: false })
  } finally {
    writeFileSync(QUEUE_LIMIT, usual)
  }
  return () => {
    first.close()
    rmSync(dir, { recursive: true })
  }
}
