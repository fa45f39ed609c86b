/** What tells whether anybody needs the daemon. */
export type Use = {
  /** Open connections; a subscriber is one. */
  connections: number
  /** Requests and scans that run. */
  busy: number
  /** When somebody last came or went, Unix ms. */
  lastUsedAt: number
}

/** Whether the daemon may end because nobody needed it for `minutes`; 0 means never (daemon spec L11). */
export function isForgotten({ connections, busy, lastUsedAt }: Use, minutes: number, now: number): boolean {
  if (minutes === 0 || connections > 0 || busy > 0) return false
  return now - lastUsedAt >= minutes * 60_000
}
