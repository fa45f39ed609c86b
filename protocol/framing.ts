/** Newline-delimited JSON: one message per line, UTF-8. Free of the validator; used by both ends. */

const NEWLINE = 0x0a

/** Raised by `LineSplitter` when a line grows beyond its limit; the connection cannot be continued. */
export class LineTooLong extends Error {
  readonly limit: number

  constructor(limit: number) {
    super(`a line has more than ${limit} bytes`)
    this.name = 'LineTooLong'
    this.limit = limit
  }
}

/**
 * Cuts a byte stream into lines. Only new bytes are searched for the line end and a line is joined once, so a message
 * of many chunks costs linear time; bytes are decoded per line, so no character is cut in two.
 */
export class LineSplitter {
  readonly #parts: Buffer[] = []
  #bytes = 0
  /** Most bytes a line may have; may be raised later (before the handshake it is small). */
  limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /**
   * The lines completed by `chunk`, without line ends; empty lines are left out.
   * Errors: `LineTooLong`, also for a line that is not complete yet.
   */
  *push(chunk: Buffer): Generator<string> {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#take(chunk.subarray(start, end))
      start = end + 1
      if (line !== '' && line !== '\r') yield line
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  /** Bytes of the line that is not complete yet. */
  get pendingBytes(): number {
    return this.#bytes
  }

  #keep(part: Buffer): void {
    this.#check(part.length)
    this.#parts.push(part)
    this.#bytes += part.length
  }

  #take(last: Buffer): string {
    this.#check(last.length)
    if (this.#parts.length === 0) return last.toString('utf8')
    const line = Buffer.concat([...this.#parts, last]).toString('utf8')
    this.#parts.length = 0
    this.#bytes = 0
    return line
  }

  #check(more: number): void {
    if (this.#bytes + more > this.limit) throw new LineTooLong(this.limit)
  }
}
