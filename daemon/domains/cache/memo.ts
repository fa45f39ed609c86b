import type { Database } from '../../kernel/db/database.ts'

type ProjectOfArtifact = { id: string; name: string; path: string } | null

/** Questions, and places, that are remembered at the same time. */
const MAX_REMEMBERED = 5_000
/** Of what takes long to make; one is up to 0.4 MB for each 100,000 artifacts, and the columns of all of them ten times that. */
const MAX_MADE = 24

/**
 * What many answers need and seldom changes: counts, where units lie, how projects are shown. Remembered until
 * somebody changes the database, so nothing here is older than the rows it is combined with.
 */
export class CacheMemo {
  readonly #db: Database
  readonly #counts = new Map<string, number>()
  readonly #unitPaths = new Map<number, string>()
  readonly #projects = new Map<number, ProjectOfArtifact>()
  readonly #made = new Map<string, Promise<unknown>>()
  #version = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** To be called once before a query whose answer is made with the others; what they tell belongs to that moment. */
  refresh(): void {
    const { version } = this.#db
    const remembered = this.#counts.size + this.#unitPaths.size + this.#projects.size
    if (version !== this.#version) this.#made.clear()
    else if (remembered < MAX_REMEMBERED) return
    this.#version = version
    this.#counts.clear()
    this.#unitPaths.clear()
    this.#projects.clear()
  }

  /** The result of `count`, kept under `key`. */
  counted(key: string, count: () => number): number {
    return remembered(this.#counts, key, count)
  }

  /**
   * What takes long to make, kept under `key`; who asks while it is being made waits for the same. It may be made in
   * several turns, so it is no older than this call, and may have seen what was written since.
   */
  made<Value>(key: string, make: () => Promise<Value>): Promise<Value> {
    this.refresh()
    const known = this.#made.get(key) as Promise<Value> | undefined
    const value = known ?? make()
    // Again at the end, so that what nobody asks for comes first.
    this.#made.delete(key)
    this.#made.set(key, value)
    if (known) return known
    const [oldest] = this.#made.keys()
    if (this.#made.size > MAX_MADE && oldest !== undefined) this.#made.delete(oldest)
    value.catch(() => {
      if (this.#made.get(key) === value) this.#made.delete(key)
    })
    return value
  }

  /** Absolute path of a scan unit. */
  unitPath(id: number): string {
    return remembered(
      this.#unitPaths,
      id,
      () => this.#db.valueSql<string>('SELECT path FROM scan_units WHERE id = ?', id) ?? '',
    )
  }

  /** A project as its artifacts show it. */
  project(id: number): ProjectOfArtifact {
    return remembered(this.#projects, id, () => {
      const sql = "SELECT 'prj_' || lower(hex(uid)) AS id, name, path FROM projects WHERE id = ?"
      return this.#db.getSql<ProjectOfArtifact>(sql, id) ?? null
    })
  }
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, find: () => Value): Value {
  const value = known.get(key)
  if (value !== undefined) return value
  const found = find()
  known.set(key, found)
  return found
}
