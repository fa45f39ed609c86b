/**
 * What tables filter, count and sort by, of all artifacts, in memory: SQLite would look up every row of a large cache for
 * one number. About 40 bytes per artifact, read in slices so that nobody waits for it (100,000 artifacts: 0.1 s).
 */
import type { ArtifactState } from '../../../protocol/artifact-states.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { STATE_SQL } from './artifact-state.ts'

/** What many artifacts have in common. There are few of them, so that a filter looks at these and not at the rows. */
export type ArtifactKind = {
  type: ArtifactType
  scope: ArtifactScope
  host: string
  state: ArtifactState
  outdated: boolean
  modified: boolean
  /** It has diagnostics. */
  problems: boolean
}

/** One entry per artifact of `ids` in each array. What comes or goes while they are read may be missing. */
export type ArtifactColumns = {
  /** `artifacts.id`, ascending. */
  ids: Uint32Array
  /** `projects.id`; 0 for none. */
  projects: Uint32Array
  /** Positions in `kindList`. */
  kinds: Uint32Array
  kindList: readonly ArtifactKind[]
  sizes: Float64Array
  tokens: Float64Array
  /** Unix ms. */
  modifiedAt: Float64Array
  /** Positions in the other arrays, by name and uid. */
  byName: Uint32Array
}

/** Rows read at a time: about 2 ms. */
const SLICE = 1_000
/** Ids read at a time from an index that has nothing else: about 2 ms. */
const ID_SLICE = 8_000

type Row = {
  id: number
  project_id: number | null
  type: ArtifactType
  scope: ArtifactScope
  host: string
  state: ArtifactState
  is_outdated: number
  local_modified: number
  problems: number
  size_bytes: number
  tokens: number
  modified_at: number
}

/** Plan: the artifacts in the order of their ids, with the origin and the head of the description of each. */
const SELECT = `SELECT a.id, a.project_id, a.type, a.scope, a.host, ${STATE_SQL} AS state, a.is_outdated, a.local_modified,
    d.diagnostics IS NOT NULL AS problems, a.size_bytes, a.tokens, a.modified_at
  FROM artifacts a LEFT JOIN artifact_origins o ON o.artifact_id = a.id LEFT JOIN descriptions d ON d.id = a.description_id
  WHERE a.id > ? ORDER BY a.id LIMIT ${SLICE}`

/** Reads everything anew. */
export async function loadColumns(db: Database): Promise<ArtifactColumns> {
  const count = db.valueSql<number>('SELECT count(*) FROM artifacts') ?? 0
  const columns = emptyColumns(count)
  const kinds = new Kinds()
  let length = 0
  for (;;) {
    const rows = db.allSql<Row>(SELECT, columns.ids[length - 1] ?? 0)
    for (const row of rows) if (length < count) put(columns, length++, row, kinds)
    if (rows.length < SLICE || length === count) break
    await nextTurn()
  }
  const ids = columns.ids.subarray(0, length)
  return { ...columns, ids, kindList: kinds.list, byName: await loadNameOrder(db, ids) }
}

type Arrays = Omit<ArtifactColumns, 'kindList' | 'byName'>

const emptyColumns = (length: number): Arrays => ({
  ids: new Uint32Array(length),
  projects: new Uint32Array(length),
  kinds: new Uint32Array(length),
  sizes: new Float64Array(length),
  tokens: new Float64Array(length),
  modifiedAt: new Float64Array(length),
})

function put(columns: Arrays, at: number, row: Row, kinds: Kinds): void {
  columns.ids[at] = row.id
  columns.projects[at] = row.project_id ?? 0
  columns.kinds[at] = kinds.of(row)
  columns.sizes[at] = row.size_bytes
  columns.tokens[at] = row.tokens
  columns.modifiedAt[at] = row.modified_at
}

/** Numbers the kinds as they are met. */
class Kinds {
  readonly list: ArtifactKind[] = []
  readonly #numbers = new Map<string, number>()

  of({ type, scope, host, state, is_outdated: outdated, local_modified: modified, problems }: Row): number {
    const key = `${type} ${scope} ${state} ${outdated}${modified}${problems} ${host}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.list.length
    this.#numbers.set(key, number)
    const flags = { outdated: outdated === 1, modified: modified === 1, problems: problems === 1 }
    this.list.push({ type, scope, host, state, ...flags })
    return number
  }
}

/** Plan: covering, artifacts_name. SQLite joins the ids, because rows of their own take longer. */
const SELECT_NAME_ORDER = `SELECT group_concat(id) FROM (SELECT id FROM artifacts WHERE (name, uid) > (?, ?)
  ORDER BY name, uid LIMIT ${ID_SLICE})`

async function loadNameOrder(db: Database, ids: Uint32Array): Promise<Uint32Array> {
  const order = new Uint32Array(ids.length)
  let count = 0
  let after = { name: '', uid: Buffer.alloc(0) }
  for (;;) {
    const text = db.valueSql<string | null>(SELECT_NAME_ORDER, after.name, after.uid)
    const found: number[] = JSON.parse(`[${text ?? ''}]`)
    for (const id of found) {
      const row = rowOf(ids, id)
      if (row >= 0 && count < order.length) order[count++] = row
    }
    const last = found.at(-1)
    const next = last && db.getSql<typeof after>('SELECT name, uid FROM artifacts WHERE id = ?', last)
    if (found.length < ID_SLICE || !next) return order.subarray(0, count)
    after = next
    await nextTurn()
  }
}

/** Position of an id, or -1. */
export function rowOf(ids: Uint32Array, id: number): number {
  let low = 0
  let high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = ids[middle] as number
    if (found === id) return middle
    if (found < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}
