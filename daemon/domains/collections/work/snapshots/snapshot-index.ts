/** `snapshots/<collection>/snapshots.toml`: what SkillMeat knows of the archives beside it (formats spec section 6). */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { isSnapshotId } from './snapshot-file.ts'

/** A snapshot in an archive. */
export type ArchivedSnapshot = {
  id: string
  timestamp: string
  message: string
  artifactCount: number
  /** The archive; null when it is neither where the index says nor beside it. */
  archive: string | null
}

export const indexFile = (folders: WorkTools['folders'], collection: string): string =>
  join(libraryPlaces(folders).snapshots, collection, 'snapshots.toml')

/** What the index lists, in its order; lines that name no snapshot are passed over. Errors: `config.syntax`. */
export async function readIndex(
  folders: WorkTools['folders'],
  collection: string,
): Promise<ArchivedSnapshot[]> {
  const file = indexFile(folders, collection)
  const bytes = await readFile(file).catch(unlessAbsentAt(file))
  if (!bytes) return []
  const { snapshots } = parseToml(decodeToml(bytes, file).text, file).data
  const found: ArchivedSnapshot[] = []
  for (const row of Array.isArray(snapshots) ? snapshots : []) {
    if (!isTable(row) || typeof row.id !== 'string' || !isSnapshotId(row.id)) continue
    const { id, timestamp, message, artifact_count: count, tarball_path: path } = row
    found.push({
      id,
      timestamp: timestamp instanceof Date ? timestamp.toISOString() : String(timestamp ?? ''),
      message: typeof message === 'string' ? message : '',
      artifactCount: typeof count === 'number' && count >= 0 ? Math.floor(count) : 0,
      archive: await existing([
        ...(typeof path === 'string' ? [path] : []),
        join(dirname(file), `${id}.tar.gz`),
      ]),
    })
  }
  return found
}

/** Ids the index lists. Errors: `config.syntax`. */
export const archivedIds = async (
  folders: WorkTools['folders'],
  collection: string,
): Promise<ReadonlySet<string>> => new Set((await readIndex(folders, collection)).map(({ id }) => id))

async function existing(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if ((await stat(path).catch(unlessAbsentAt(path)))?.isFile()) return path
  return null
}
