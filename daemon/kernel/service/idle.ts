/** What tells whether anybody needs the daemon. */
export type Use = {
  /** Open connections; a subscriber is one. */
  connections: number
  /** Requests and scans that run. */
  busy: number
  /** When somebody last came or went, Unix ms. */
  lastUsedAt: number
  /** When the next scheduled job starts, Unix ms; null when there is none. */
  nextJobAt: number | null
}

/** So near a job is waited for: to start a daemon again for it would cost more. */
const SOON_MS = 600_000

/** Whether the daemon may end because nobody needed it for `minutes`; 0 means never (daemon spec L11). */
export function isForgotten(
  { connections, busy, lastUsedAt, nextJobAt }: Use,
  minutes: number,
  now: number,
): boolean {
  if (minutes === 0 || connections > 0 || busy > 0) return false
  if (nextJobAt !== null && nextJobAt - now <= SOON_MS) return false
  return now - lastUsedAt >= minutes * 60_000
}
