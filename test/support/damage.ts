/** Spoils a cache file in the middle, where opening it does not look. */
import { closeSync, openSync, writeSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

/** Overwrites the first page of a table with garbage. Nobody may have the file open. */
export function damageTable(file: string, table: string): void {
  const sqlite = new Sqlite(file)
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  const size = sqlite.pragma('page_size', { simple: true }) as number
  const root = sqlite
    .prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .pluck()
    .get(table) as number
  sqlite.close()
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.alloc(size, 0xa5), 0, size, (root - 1) * size)
  closeSync(fd)
}
