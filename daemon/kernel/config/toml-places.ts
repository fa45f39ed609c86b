/** A TOML document with the places of its keys; free of the parser, which is loaded only when there is a file. */

/** One `key = value`, on a line of its own or inside an inline table. Offsets are UTF-16 units of `Toml.text`. */
export type TomlEntry = {
  /** Full path from the root of the document. */
  path: readonly string[]
  start: number
  end: number
  valueStart: number
  /** Kind of value as the library names it: `String`, `InlineArray`, `InlineTable`, … */
  valueKind: string
  /** The pairs of the inline table it stands in, itself among them; null on a line of its own. */
  siblings: readonly TomlEntry[] | null
  /** The pairs of its value, when that is an inline table. */
  items: readonly TomlEntry[] | null
  /** The tables of its value, when that is a list that holds tables and nothing else. */
  elements: readonly TomlElement[] | null
}

/** One `{ … }` of a list of tables; its pairs have the path of the list before their own. */
export type TomlElement = { start: number; end: number; items: readonly TomlEntry[] }

/** The pairs before the first header, or one `[table]` or `[[table]]` with the lines below it. */
export type TomlSection = {
  /** Empty for the pairs before the first header. */
  path: readonly string[]
  /** The header `[[…]]`, or a table below one: its paths do not name one place. */
  repeated: boolean
  /** The header is `[[…]]`: one element of an array of tables. */
  isElement: boolean
  start: number
  headerEnd: number
  hasComments: boolean
  entries: readonly TomlEntry[]
}

/** A TOML document: its text without byte order mark, its values, its places. */
export type Toml = {
  text: string
  data: Record<string, unknown>
  /** Read from the text when first asked for. */
  readonly sections: readonly TomlSection[]
}

/** Line, from 1, on which the key or table with this path begins; the first one when there are several. Null if absent. */
export function lineOf(toml: Toml, path: readonly string[]): number | null {
  const within = (other: readonly string[]) => path.every((part, index) => other[index] === part)
  let found = Number.POSITIVE_INFINITY
  for (const section of toml.sections) {
    if (section.path.length > 0 && within(section.path)) found = Math.min(found, section.start)
    for (const entry of allEntries(section.entries)) {
      if (within(entry.path)) found = Math.min(found, entry.start)
    }
  }
  return found === Number.POSITIVE_INFINITY ? null : toml.text.slice(0, found).split('\n').length
}

/** The pairs and those inside their inline tables, at any depth. */
export function* allEntries(entries: readonly TomlEntry[]): Generator<TomlEntry> {
  for (const entry of entries) {
    yield entry
    if (entry.items) yield* allEntries(entry.items)
  }
}
