/**
 * A result that is JSON already, in parts: from SQLite, or row by row where there are many. Parts that are made when
 * they are asked for let other callers have their turn in between.
 */
export class RawJson {
  readonly parts: Iterable<string>

  constructor(parts: Iterable<string>) {
    this.parts = parts
  }

  /** The whole text; for callers in the same process and for tests. */
  toText(): string {
    return [...this.parts].join('')
  }
}
