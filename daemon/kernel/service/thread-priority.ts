import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Above the scheduler's default of 0: runs when nobody else wants to. */
const BACKGROUND = 10

/**
 * Lowers the priority of the calling thread, so that a scan never takes the processor from an answer.
 * Linux only, where a thread has a priority of its own; elsewhere nothing happens.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  setPriority(thread, BACKGROUND)
}
