/** Which artifacts share a name, and which a content; beside `ArtifactColumns`, for who compares places. */
import type { Database } from '../../kernel/db/database.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { type ArtifactColumns, rowOf } from './artifact-columns.ts'

export type ArtifactContents = {
  /** By number, in the order of names; letter case does not count (ASCII), of several spellings the first is told. */
  names: readonly string[]
  /** Number of its name, by row. */
  nameOf: Uint32Array
  /** Number of its content, by row; equal ones are equal. 0 where there is no hash. */
  contentOf: Uint32Array
}

/** Rows read at a time: about 1 ms. */
const SLICE = 1_000

/** Reads names and hashes of all artifacts, in slices. */
export async function loadContents(db: Database, columns: ArtifactColumns): Promise<ArtifactContents> {
  return { ...(await loadNames(db, columns)), contentOf: await loadHashes(db, columns) }
}

/** Plan: covering, artifacts_name. */
const SELECT_NAMES = `SELECT id, name, uid FROM artifacts WHERE (name, uid) > (?, ?) ORDER BY name, uid LIMIT ${SLICE}`
type NameRow = { id: number; name: string; uid: Buffer }

async function loadNames(
  db: Database,
  { ids }: ArtifactColumns,
): Promise<Pick<ArtifactContents, 'names' | 'nameOf'>> {
  const names: string[] = []
  const nameOf = new Uint32Array(ids.length)
  let folded: string | null = null
  let after: Pick<NameRow, 'name' | 'uid'> = { name: '', uid: Buffer.alloc(0) }
  for (;;) {
    const rows = db.allSql<NameRow>(SELECT_NAMES, after.name, after.uid)
    for (const { id, name } of rows) {
      const key = foldAscii(name)
      if (key !== folded) names.push(name)
      folded = key
      const row = rowOf(ids, id)
      if (row >= 0) nameOf[row] = names.length - 1
    }
    const last = rows.at(-1)
    if (rows.length < SLICE || !last) return { names, nameOf }
    after = last
    await nextTurn()
  }
}

/** As SQLite's NOCASE compares. */
const foldAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** Half of the hash tells two contents apart. Plan: the artifacts in the order of their ids. */
const SELECT_HASHES = `SELECT id, hex(substr(hash, 1, 16)) AS hash FROM artifacts WHERE id > ? ORDER BY id LIMIT ${SLICE}`

async function loadHashes(db: Database, { ids }: ArtifactColumns): Promise<Uint32Array> {
  const contentOf = new Uint32Array(ids.length)
  const numbers = new Map<string, number>([['', 0]])
  for (let after = 0; ; ) {
    const rows = db.allSql<{ id: number; hash: string }>(SELECT_HASHES, after)
    for (const { id, hash } of rows) {
      const number = numbers.get(hash) ?? numbers.size
      numbers.set(hash, number)
      const row = rowOf(ids, id)
      if (row >= 0) contentOf[row] = number
    }
    const last = rows.at(-1)
    if (rows.length < SLICE || !last) return contentOf
    after = last.id
    await nextTurn()
  }
}
