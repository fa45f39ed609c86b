import { isTable } from '../../../../kernel/config/value.ts'
import { isLeftOut } from '../../../cache/scan/index.ts'
import { readTree } from '../objects/index.ts'
import type { WorkTools } from '../tools.ts'
import { type Collection, isThere, openCollection, placeOfRow } from './collection-folder.ts'
import { type LockEntries, lockKey, readLock } from './lock-file.ts'
import { type ArtifactRow, kindOf } from './manifest.ts'
import { readTime } from './times.ts'

export type HeldArtifact = {
  name: string
  type: string
  path: string
  origin: string
  upstream: string | null
  versionSpec: string | null
  version: string | null
  resolvedSha: string | null
  added: string | null
  lastUpdated: string | null
  tags: string[]
  title: string | null
  description: string | null
  /** `modified`: not what the lock says any more; `unknown`: the lock does not say, or nobody looked. */
  state: 'current' | 'modified' | 'missing' | 'unknown'
}

export type ShownCollection = {
  name: string
  path: string
  active: boolean
  created: string | null
  updated: string | null
  artifacts: HeldArtifact[]
}

/** What a collection holds, as its files say now. With `check` the contents are compared with the lock. */
export async function showCollection(
  tools: WorkTools,
  { name, check }: { name: string | null; check: boolean },
): Promise<ShownCollection> {
  const collection = await openCollection(tools, name)
  const { manifest, folder, active } = collection
  const lock = await readLock(folder)
  const artifacts: HeldArtifact[] = []
  for (const row of manifest.artifacts) artifacts.push(await held(collection, row, lock, check))
  const { created, updated } = manifest.about
  return {
    name: collection.name,
    path: folder,
    active,
    created: readTime(created),
    updated: readTime(updated),
    artifacts,
  }
}

async function held(
  collection: Collection,
  row: ArtifactRow,
  lock: LockEntries,
  check: boolean,
): Promise<HeldArtifact> {
  const metadata = isTable(row.metadata) ? row.metadata : {}
  const path = await placeOfRow(collection, row)
  return {
    name: row.name,
    type: kindOf(row.type),
    path,
    origin: row.origin,
    upstream: text(row.upstream),
    versionSpec: text(row.version_spec),
    version: text(row.resolved_version) ?? text(metadata.version),
    resolvedSha: text(row.resolved_sha),
    added: readTime(row.added),
    lastUpdated: readTime(row.last_updated),
    tags: [...new Set([...texts(row.tags), ...texts(metadata.tags)])],
    title: text(metadata.title),
    description: text(metadata.description),
    state: await stateOf(path, lock[lockKey(row.name, row.type)]?.content_hash, check),
  }
}

async function stateOf(
  path: string,
  locked: string | undefined,
  check: boolean,
): Promise<HeldArtifact['state']> {
  if (!(await isThere(path))) return 'missing'
  if (!check || locked === undefined) return 'unknown'
  return (await readTree(path, { leaveOut: isLeftOut })).h1 === locked ? 'current' : 'modified'
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
