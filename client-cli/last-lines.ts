import type { LogEntry } from '../daemon/kernel/log/read-log.ts'

/**
 * Tells the lines of a log that were shown from those that were not, when its end is sent anew: what was logged in the
 * last moment of which something was shown is remembered.
 */
export class LastLines {
  /** Unix ms; 0 before the first line. */
  #at = 0
  /** Those of that moment, and text without a time that came after them. */
  #lines = new Set<string>()

  /** For the lines of one connection, in their order: whether each is new. */
  goOn(): (entry: LogEntry) => boolean {
    let catchesUp = this.#at > 0
    let reached = false
    return (entry) => {
      const { loggedAt } = entry
      const text = JSON.stringify(entry)
      if (catchesUp) {
        if (this.#lines.has(text)) {
          reached = true
          return false
        }
        // What a dying process printed has no time, and a clock may be put back: the order tells then.
        if (!reached && (loggedAt === null || loggedAt < this.#at)) return false
        catchesUp = loggedAt === null || loggedAt === this.#at
      }
      if (loggedAt !== null && loggedAt !== this.#at) {
        this.#at = loggedAt
        this.#lines.clear()
      }
      this.#lines.add(text)
      return true
    }
  }
}
