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

/** Room for the beginning of a line, in bytes; doubled when it does not suffice. */
const FIRST_ROOM = 4_096
const NO_ROOM = Buffer.alloc(0)

/**
 * Cuts a byte stream into lines. Only new bytes are searched for the line end, and a line that comes in many chunks is
 * gathered in one buffer that doubles, so it costs linear time, and memory of at most twice its length however small
 * the chunks are; bytes are decoded per line, so no character is cut in two.
 */
export class LineSplitter {
  /** The line that is not complete yet, in the first `#bytes` of it. */
  #gathered: Buffer = NO_ROOM
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
    const needed = this.#bytes + part.length
    if (needed > this.#gathered.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#gathered.length * 2, FIRST_ROOM))
      this.#gathered.copy(larger, 0, 0, this.#bytes)
      this.#gathered = larger
    }
    part.copy(this.#gathered, this.#bytes)
    this.#bytes = needed
  }

  #take(last: Buffer): string {
    this.#check(last.length)
    if (this.#bytes === 0) return last.toString('utf8')
    this.#keep(last)
    const line = this.#gathered.toString('utf8', 0, this.#bytes)
    this.#gathered = NO_ROOM
    this.#bytes = 0
    return line
  }

  #check(more: number): void {
    if (this.#bytes + more > this.limit) throw new LineTooLong(this.limit)
  }
}
