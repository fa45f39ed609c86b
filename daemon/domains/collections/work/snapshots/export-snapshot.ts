import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type Row, setTables } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { makeFolderDurably } from '../../../../kernel/fs/durable.ts'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
import { editTomlFile } from '../library/text-file.ts'
import { type ObjectStore, shownPath, systemPath, type Tree } from '../objects/index.ts'
import { objectsOf } from '../operations/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { packArchive, staysInside } from './archive.ts'
import { treeOf } from './current-entries.ts'
import { itemOf, type SnapshotItem } from './list-snapshots.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { indexFile } from './snapshot-index.ts'

export type Exported = SnapshotItem & { archive: string; sizeBytes: number; warnings: string[] }

/**
 * Writes a snapshot into an archive where SkillMeat keeps its own, and names it in its index. Call it inside `exclusively`.
 * Errors: `snapshot.*`, `object.*`, `config.syntax`.
 */
export async function exportSnapshot(
  tools: WorkTools,
  { collection, id }: { collection: string; id: string },
): Promise<Exported> {
  const { folders } = tools
  const item = await itemOf(folders, collection, id)
  if (!item.whole) throw new SmdError('snapshot.not_whole', { id })
  const store = objectsOf(tools)
  const { entries, timestamp } = await loadSnapshot(tools, store, collection, id)
  const index = indexFile(folders, collection)
  const archive = item.archive ?? join(dirname(index), `${id}.tar.gz`)
  const warnings: string[] = []
  if (item.archive === null) {
    const scratch = join(libraryPlaces(folders).own, 'scratch', newUniqueId())
    try {
      const root = join(scratch, collection)
      await makeFolderDurably(root)
      for (const entry of entries.values()) {
        const tree = await treeOf(store, entry)
        warnings.push(...(await linkWarnings(store, collection, entry.place, tree)))
        const path = systemPath(root, entry.place)
        if (typeof path !== 'string') throw new SmdError('object.bad_path', { path: shownPath(entry.place) })
        await mkdir(dirname(path), { recursive: true })
        await store.write(tree, path)
      }
      await makeFolderDurably(dirname(index))
      await packArchive(scratch, collection, archive)
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  }
  await changeIndex(index, (rows) => [
    ...rows.filter((row) => row.id !== id),
    {
      ...rows.find((row) => row.id === id),
      id,
      timestamp,
      message: item.message,
      artifact_count: item.artifactCount,
      tarball_path: archive,
    },
  ])
  return { ...item, archive, sizeBytes: (await stat(archive)).size, warnings }
}

/**
 * Brings the index in line, whatever else it says; a missing one is begun. What SkillMeat writes there meanwhile stays. Errors:
 * those of `editTomlFile`.
 */
export async function changeIndex(file: string, change: (rows: Row[]) => Row[]): Promise<void> {
  await editTomlFile(file, ({ toml }) => {
    const rows = Array.isArray(toml.data.snapshots) ? toml.data.snapshots.filter(isTable) : []
    return setTables(toml, ['snapshots'], change(rows), ({ id }) => String(id))
  })
}

async function linkWarnings(
  store: ObjectStore,
  collection: string,
  place: string,
  { entries }: Tree,
): Promise<string[]> {
  const warnings: string[] = []
  for (const { path, kind, digest } of entries) {
    if (kind !== 'link') continue
    const target = (await store.read(digest))?.toString() ?? ''
    const at = path === '' ? place : `${place}/${path}`
    const from = [collection, ...at.split('/').slice(0, -1)]
    if (target.startsWith('/') || !staysInside([...from, ...target.split('/')], collection))
      warnings.push(
        `The link ${shownPath(at)} leads out of the collection: smd will not unpack this archive.`,
      )
  }
  return warnings
}
