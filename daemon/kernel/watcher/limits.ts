import { readFileSync } from 'node:fs'

/** What the kernel grants one user. */
export type InotifyLimits = {
  /** Watches at the same time. */
  watches: number
  /** Events that wait to be read. */
  queuedEvents: number
}

/** What Linux grants by itself on a machine with little memory; taken where the files cannot be read. */
const smallest: InotifyLimits = { watches: 8_192, queuedEvents: 16_384 }

/**
 * Reads the limits as they are now. In a user namespace the namespace's own limit may be lower than the machine's
 * (`/proc/sys/user`), so the smaller one counts.
 */
export function inotifyLimits(proc = '/proc'): InotifyLimits {
  const own = number(`${proc}/sys/user/max_inotify_watches`)
  const watches = number(`${proc}/sys/fs/inotify/max_user_watches`) ?? smallest.watches
  return {
    watches: own === null ? watches : Math.min(own, watches),
    queuedEvents: number(`${proc}/sys/fs/inotify/max_queued_events`) ?? smallest.queuedEvents,
  }
}

function number(file: string): number | null {
  try {
    const value = Number(readFileSync(file, 'utf8').trim())
    return Number.isSafeInteger(value) && value >= 0 ? value : null
  } catch {
    // No such file outside of Linux, or a container that hides it
    return null
  }
}
