/**
 * A result that is JSON text already, because SQLite built it (six times cheaper than objects, performance spec
 * section 3). The text goes into the reply as it is. Long results come in parts: the connection writes a part, lets
 * other callers have their turn, and takes the next.
 */
export class RawJson {
  /** The text, or its parts in order. */
  readonly content: string | Iterable<string>

  constructor(content: string | Iterable<string>) {
    this.content = content
  }

  /** The whole text; for callers in the same process and for tests. */
  toText(): string {
    return typeof this.content === 'string' ? this.content : [...this.content].join('')
  }
}
