/** The entries of manifest and lock that go back with the artifacts they describe; those of others stay as they are. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { setInToml } from '../../../../kernel/config/toml-edit.ts'
import { type Row, setTable, setTables } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import type { ObjectStore } from '../objects/index.ts'
import type { TextChange } from '../operations/index.ts'
import { treeOf } from './current-entries.ts'
import type { LoadedSnapshot } from './load-snapshot.ts'
import { nameMoment } from './snapshot-file.ts'

export type RowChanges = {
  texts: TextChange[]
  /** `type:name` of the artifacts whose entries change. */
  entries: string[]
}

const keyOf = ({ name, type }: Row): string => `${name}::${type}`

/**
 * What manifest and lock become when the entries of some places go back. Nothing changes where the snapshot has no manifest.
 * `now`: Unix ms. Errors: `config.syntax` for a manifest that cannot be read, `object.missing`.
 */
export async function planRows(
  store: ObjectStore,
  root: string,
  snapshot: LoadedSnapshot,
  isPlace: (place: string) => boolean,
  now: number,
): Promise<RowChanges> {
  const [then, current] = await both(store, root, snapshot, 'collection.toml')
  if (then === null || current === null) return { texts: [], entries: [] }
  const wasThere = (row: Row): boolean => isPlace(placeOf(row))
  const before = rowsOf(parseToml(then, 'collection.toml').data).filter(wasThere)
  const manifest = parseToml(current, join(root, 'collection.toml'))
  const rows = rowsOf(manifest.data)
  const restored = new Map(before.map((row) => [keyOf(row), row]))
  const wanted = rows
    .filter((row) => !wasThere(row) || restored.has(keyOf(row)))
    .map((row) => restored.get(keyOf(row)) ?? row)
  const known = new Set(rows.map(keyOf))
  wanted.push(...before.filter((row) => !known.has(keyOf(row))))
  const keys = new Set([...before, ...rows.filter(wasThere)].map(keyOf))

  const texts: TextChange[] = []
  const text = setTables(manifest, ['artifacts'], wanted, keyOf)
  if (text !== current) {
    const path = join(root, 'collection.toml')
    texts.push({ path, text: stamped(text, path, now), expected: current })
  }
  texts.push(...(await planLock(store, root, snapshot, keys)))
  const entries = texts.length === 0 ? [] : [...keys].map((key) => key.split('::').reverse().join(':')).sort()
  return { texts, entries }
}

async function planLock(
  store: ObjectStore,
  root: string,
  snapshot: LoadedSnapshot,
  keys: ReadonlySet<string>,
): Promise<TextChange[]> {
  const [then, current] = await both(store, root, snapshot, 'collection.lock')
  const path = join(root, 'collection.lock')
  const toml = parseToml(current ?? '[lock]\nversion = "1.0.0"\n', path)
  const [old, now] = [
    then === null ? {} : entriesOf(parseToml(then, 'collection.lock').data),
    entriesOf(toml.data),
  ]
  const wanted = Object.fromEntries(
    Object.entries(now).filter(([key]) => !keys.has(key) || Object.hasOwn(old, key)),
  )
  for (const key of keys) if (Object.hasOwn(old, key)) wanted[key] = old[key]
  const text = setTable(toml, ['lock', 'entries'], wanted)
  const isSame = text === (current ?? toml.text)
  return isSame ? [] : [{ path, text, expected: current }]
}

/** A file of the collection itself as it was, and as it is; null where it is not. */
async function both(
  store: ObjectStore,
  root: string,
  { entries }: LoadedSnapshot,
  name: string,
): Promise<[then: string | null, now: string | null]> {
  const entry = entries.get(name)
  const [file] = entry ? (await treeOf(store, entry)).entries : []
  const content = file?.kind === 'file' ? await store.read(file.digest) : null
  const bytes = await readFile(join(root, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return [content && decodeToml(content, name).text, bytes && decodeToml(bytes, join(root, name)).text]
}

const rowsOf = ({ artifacts }: Record<string, unknown>): Row[] =>
  Array.isArray(artifacts) ? artifacts.filter(isTable) : []

const entriesOf = ({ lock }: Record<string, unknown>): Record<string, unknown> =>
  isTable(lock) && isTable(lock.entries) ? lock.entries : {}

const placeOf = ({ path }: Row): string => String(path ?? '').replace(/\/+$/, '')

/** `updated` is replaced at each write (formats spec section 3). */
function stamped(text: string, file: string, now: number): string {
  const toml = parseToml(text, file)
  const isThere = isTable(toml.data.collection) && typeof toml.data.collection.updated === 'string'
  return isThere ? setInToml(toml, ['collection', 'updated'], nameMoment(now, 0).timestamp) : text
}
