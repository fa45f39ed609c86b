/**
 * Snapshots of smd: `<own>/snapshots/<collection>/<id>.json`, each a list of trees in the object store.
 *
 * The list is cut into parts by the place's digest, each kept as a content of the store: a snapshot of a large collection
 * shares with the one before it whatever did not change.
 */
import { link, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolderDurably, syncFolder, writeDurably } from '../../../../kernel/fs/durable.ts'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
import { digestOf, isDigest, type ObjectStore } from '../objects/index.ts'

/** What lay in one place of a collection, e.g. `skills/demo`, `commands/review.md` or `collection.toml`. */
export type SnapshotEntry = {
  /** As `TreeEntry.path`, relative to the collection. */
  place: string
  /** Id of its tree. */
  tree: string
  /** What `stat` said of its files; null when that tells nothing, because they had just been written. */
  signature: string | null
}

export type SnapshotFile = {
  schema: 1
  id: string
  /** ISO 8601, UTC without a zone, microseconds (formats spec section 6). */
  timestamp: string
  collection: string
  message: string
  /** Artifacts it holds. */
  artifactCount: number
  /** All places it is about, with or without something in them; null: the whole collection. */
  places: string[] | null
  /** Digests of the parts of its list; null for a part without an entry. */
  parts: Array<string | null>
}

/** What the messages of automatic snapshots begin with (formats spec section 6). */
export const automaticPrefix = '[auto] '

/** So many entries are in one part, more or less. */
const partSize = 64

const partOf = (place: string, count: number): number =>
  Number.parseInt(digestOf(place).slice(0, 8), 16) % count

/** Cuts the list into parts and keeps them; those that are kept already cost nothing. */
export async function keepEntries(
  store: ObjectStore,
  entries: readonly SnapshotEntry[],
): Promise<SnapshotFile['parts']> {
  let count = 1
  while (count * partSize < entries.length) count *= 2
  const parts: SnapshotEntry[][] = Array.from({ length: count }, () => [])
  for (const entry of entries) parts[partOf(entry.place, count)]?.push(entry)
  const kept: SnapshotFile['parts'] = []
  for (const part of parts) {
    part.sort((a, b) => (a.place < b.place ? -1 : 1))
    kept.push(part.length === 0 ? null : await store.keepContent(JSON.stringify(part)))
  }
  return kept
}

/** The entries of a snapshot by place; null when a part of the list is gone or damaged. */
export async function readEntries(
  store: ObjectStore,
  { parts }: Pick<SnapshotFile, 'parts'>,
): Promise<Map<string, SnapshotEntry> | null> {
  const entries: SnapshotEntry[] = []
  for (const part of parts) {
    const read = await readPart(store, part)
    if (!read) return null
    entries.push(...read)
  }
  return new Map(entries.sort((a, b) => (a.place < b.place ? -1 : 1)).map((entry) => [entry.place, entry]))
}

async function readPart(store: ObjectStore, part: string | null): Promise<SnapshotEntry[] | null> {
  if (part === null) return []
  const text = await store.read(part)
  return text && (JSON.parse(text.toString()) as SnapshotEntry[])
}

/** Finds single entries in the first of several snapshots that has them, and reads only the parts it needs for that. */
export function entryFinder(
  store: ObjectStore,
  snapshots: readonly SnapshotFile[],
): (place: string) => Promise<SnapshotEntry | null> {
  const read = new Map<string, Promise<SnapshotEntry[] | null>>()
  return async (place) => {
    for (const { parts } of snapshots) {
      const part = parts[partOf(place, parts.length)] ?? null
      if (part === null) continue
      if (!read.has(part)) read.set(part, readPart(store, part))
      const found = (await read.get(part))?.find((entry) => entry.place === place)
      if (found) return found
    }
    return null
  }
}

export const isSnapshotId = (text: string): boolean => /^\d{8}-\d{6}-\d{6}$/.test(text)

/** The id and the timestamp of a moment: Unix ms, and microseconds beyond it. */
export function nameMoment(ms: number, micros: number): { id: string; timestamp: string } {
  const [date = '', time = ''] = new Date(ms).toISOString().split(/[TZ]/)
  const [clock = '', millis = ''] = time.split('.')
  const fraction = millis + String(micros).padStart(3, '0')
  return {
    id: `${date.replaceAll('-', '')}-${clock.replaceAll(':', '')}-${fraction}`,
    timestamp: `${date}T${clock}.${fraction}`,
  }
}

/** Writes a snapshot under a name nobody has; `now` is Unix ms. On the disk when the promise resolves. */
export async function writeSnapshot(
  folder: string,
  now: number,
  content: Omit<SnapshotFile, 'schema' | 'id' | 'timestamp'>,
  isTaken: (id: string) => boolean,
): Promise<SnapshotFile> {
  await makeFolderDurably(folder)
  for (let micros = 0; ; micros++) {
    const named = nameMoment(now + Math.floor(micros / 1_000), micros % 1_000)
    if (isTaken(named.id)) continue
    const snapshot: SnapshotFile = { schema: 1, ...named, ...content }
    const temporary = join(folder, `.${newUniqueId()}.tmp`)
    await writeDurably(temporary, `${JSON.stringify(snapshot)}\n`)
    try {
      if (!(await moveUnlessTaken(temporary, join(folder, `${named.id}.json`)))) continue
    } finally {
      await unlink(temporary).catch(unlessAbsent)
    }
    await syncFolder(folder)
    return snapshot
  }
}

/** A link takes no name that is taken; where there are no links, nobody else writes, either. */
async function moveUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error
    await rename(from, to)
  }
  return true
}

/** The snapshots in the folder that can be read, newest first. */
export async function* eachSnapshot(folder: string): AsyncGenerator<SnapshotFile> {
  const names = (await readdir(folder).catch(unlessAbsent)) ?? []
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
  for (const id of ids.filter(isSnapshotId).sort().reverse()) {
    const snapshot = await readSnapshot(folder, id)
    if (snapshot) yield snapshot
  }
}

/** One snapshot; null when there is none, or its file is not whole. */
export async function readSnapshot(folder: string, id: string): Promise<SnapshotFile | null> {
  if (!isSnapshotId(id)) return null
  const text = await readFile(join(folder, `${id}.json`), 'utf8').catch(unlessAbsent)
  try {
    const read = JSON.parse(text ?? 'null') as SnapshotFile | null
    const isWhole =
      read?.schema === 1 &&
      read.id === id &&
      Array.isArray(read.parts) &&
      read.parts.every((part) => part === null || isDigest(part))
    return isWhole ? read : null
  } catch {
    return null
  }
}

function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
