/** Whether the cache is sound, and says what is on the disk. */
import { execFile } from 'node:child_process'
import { isDeepStrictEqual, promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { cli } from '../support/daemon.ts'
import type { Place } from './life.ts'

/** What is wrong with the file, by SQLite's own word. Nobody may write to it. */
export function checkFile(file: string): string[] {
  const sqlite = new Sqlite(file, { readonly: true })
  try {
    const quick = sqlite.pragma('quick_check', { simple: true })
    const keys = sqlite.pragma('foreign_key_check') as unknown[]
    return [
      ...(quick === 'ok' ? [] : [`quick_check of the cache says: ${quick}`]),
      ...(keys.length === 0 ? [] : [`${keys.length} rows of the cache refer to none`]),
    ]
  } finally {
    sqlite.close()
  }
}

type Listed = { items: Array<{ id: string } & Record<string, unknown>>; total: number }

/** Compares all artifacts as the daemon lists them with what is found on the disk without it. */
export async function compareWithDisk(place: Place): Promise<string[]> {
  const [cached, fresh] = [await list(place, []), await list(place, ['--no-cache'])]
  if (cached.total !== cached.items.length || cached.total === 0) {
    return [`the cache lists ${cached.items.length} of ${cached.total} artifacts`]
  }
  const onDisk = new Map(fresh.items.map((item) => [item.id, item]))
  const wrong = cached.items.filter((item) => !isDeepStrictEqual(onDisk.get(item.id), item))
  if (wrong.length === 0 && fresh.items.length === cached.items.length) return []
  const example = wrong[0]
    ? `; ${JSON.stringify(wrong[0])} is ${JSON.stringify(onDisk.get(wrong[0].id))}`
    : ''
  return [`${cached.total} artifacts are cached, ${fresh.total} on disk, ${wrong.length} differ${example}`]
}

async function list({ env, home }: Place, more: readonly string[]): Promise<Listed> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'list', '--json', ...more], {
    env,
    cwd: home,
    maxBuffer: 1e9,
  })
  return JSON.parse(stdout)
}
