/** A queue of inotify with next to no room, for this process only. */
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LIMIT = '/proc/sys/fs/inotify/max_queued_events'

/** Whether this process may set the limit: root, where /proc/sys is not read-only. */
export function maySetQueue(): boolean {
  try {
    accessSync(LIMIT, constants.W_OK)
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
  const usual = readFileSync(LIMIT, 'utf8')
  let first: ReturnType<typeof watch>
  try {
    writeFileSync(LIMIT, String(events))
    first = watch(dir, { persistent: false })
  } finally {
    writeFileSync(LIMIT, usual)
  }
  return () => {
    first.close()
    rmSync(dir, { recursive: true })
  }
}
