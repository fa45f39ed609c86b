import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, posix } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { Row } from '../../../../kernel/config/toml-tables.ts'
import { isLeftOut } from '../../../cache/scan/index.ts'
import { type ObjectStore, readTree, type Tree } from '../objects/index.ts'
import { contentAt, contentOf, markOf, objectsOf, systemCalls } from '../operations/index.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { changeCollection } from './change-collection.ts'
import { checkParents, liesWithin, openCollection } from './collection-folder.ts'
import { type Fetched, type Provenance, withFetched } from './fetch.ts'
import {
  type AddedType,
  type ConfigPart,
  type Inspected,
  inspectArtifact,
  inspectPart,
  jsonText,
} from './inspect.ts'
import { type LockEntry, lockKey, lockName, planLock } from './lock-file.ts'
import { type ArtifactRow, kindOf, manifestName, planManifest } from './manifest.ts'
import { checkName, foldName } from './names.ts'
import { nameOfSource, readSource } from './source.ts'
import { writeTime } from './times.ts'

export type AddParams = {
  /** See `readSource`. */
  spec: string
  /** Null: as it looks. */
  type: AddedType | null
  /** What of a configuration file is wanted; null for a file or folder of its own. */
  part: ConfigPart | null
  /** Null: as its source calls it. */
  name: string | null
  /** Null: the active one. */
  collection: string | null
  tags: readonly string[]
  /** Takes the place of one with the same name and type. */
  force: boolean
  /** What is recorded of a local artifact's origin elsewhere; without it, it is local. */
  provenance?: Provenance
  /** Only a copy with this H1: what was left out in copying would make it another one. */
  onlyHash?: string
}

export type Added = {
  name: string
  type: AddedType
  collection: string
  /** Of the copy in the collection. */
  path: string
  origin: string
  upstream: string | null
  version: string | null
  resolvedSha: string | null
  contentHash: string
  warnings: string[]
  /** To take it back; null when nothing was changed. */
  operation: string | null
  /** Real path of the collection's folder. */
  folder: string
}

const containers: Record<AddedType, string> = {
  skill: 'skills',
  command: 'commands',
  agent: 'agents',
  hook: 'hooks',
  mcp: 'mcp',
}

/**
 * Copies an artifact into a collection: its files, its row in the manifest and its entry in the lock at once. Errors:
 * `collection.bad_source`, `collection.source_failed`, `collection.not_an_artifact`, `collection.leads_outside`,
 * `collection.artifact_exists`, `collection.bad_name`, those of `openCollection` and `changeCollection`.
 */
export async function addArtifact(tools: WorkTools, params: AddParams): Promise<Added> {
  const source = readSource(params.spec, tools)
  await openCollection(tools, params.collection)
  if (params.name !== null) checkName(params.name)
  return withFetched(tools, source, params.type, async (fetched) => {
    const label = nameOfSource(source)
    const { inspected, content } =
      params.part === null
        ? { inspected: await inspectArtifact(fetched.path, params.type, label), content: null }
        : await inspectPart(fetched.path, params.part, label)
    const name = checkName(params.name ?? inspected.name)
    const tree = await keepCopy(objectsOf(tools), fetched, inspected, content)
    if (params.onlyHash !== undefined && tree.h1 !== params.onlyHash)
      throw new SmdError('collection.copy_differs', { name })
    const known = params.provenance ? { ...fetched, provenance: params.provenance } : fetched
    return tools.exclusively(() =>
      putIntoCollection(tools, { params, name, inspected, fetched: known, tree }),
    )
  })
}

type Ready = { params: AddParams; name: string; inspected: Inspected; fetched: Fetched; tree: Tree }

async function putIntoCollection(tools: WorkTools, ready: Ready): Promise<Added> {
  const { params, name, inspected, fetched, tree } = ready
  const { type } = inspected
  const { provenance } = fetched
  const collection = await openCollection(tools, params.collection)
  const { folder } = collection
  const relPath = tree.isFile ? `${containers[type]}/${name}.md` : `${containers[type]}/${name}/`
  const path = join(folder, ...relPath.split('/').filter(Boolean))
  const isTaken = (await contentAt(path, systemCalls, readTree)) !== null
  if (isTaken && params.force) {
    const places = [relPath.replace(/\/$/, ''), manifestName, lockName]
    await snapshotBefore(tools, collection.name, `Replace ${type} ${name}`, places)
  }
  const operation = await changeCollection(tools, async () => {
    await checkParents(folder, path)
    const there = markOf(await contentAt(path, systemCalls, readTree))
    const refuse = (as: string) =>
      new SmdError('collection.artifact_exists', { collection: collection.name, type, name: as })
    if (there !== null && !params.force) throw refuse(name)
    const manifest = await planManifest(folder, tools.now, (tables) => {
      const twin = tables.artifacts.find(
        (row) => kindOf(row.type) === type && foldName(row.name) === foldName(name),
      )
      if (twin && (twin.name !== name || !params.force)) throw refuse(twin.name)
      // Its place may hold what another row names.
      const holder = tables.artifacts.find((other) => other !== twin && liesWithin(other, relPath))
      if (holder) throw refuse(holder.name)
      const row = rowOf({
        old: twin,
        name,
        relPath,
        tags: params.tags,
        inspected,
        provenance,
        now: tools.now,
      })
      if (twin) tables.artifacts[tables.artifacts.indexOf(twin)] = row
      else tables.artifacts.push(row)
    })
    const lock = await planLock(folder, (entries) => {
      entries[lockKey(name, type)] = lockEntry(entries[lockKey(name, type)], tree.h1, provenance, tools.now)
    })
    return {
      kind: 'add',
      title: `add ${type} ${name} to ${collection.name}`,
      folder,
      places: [{ path, want: contentOf(tree), expected: there }],
      texts: [manifest, lock],
    }
  })
  return {
    name,
    type,
    collection: collection.name,
    path,
    origin: provenance.origin,
    upstream: textOf(provenance.upstream),
    version: textOf(provenance.resolved_version),
    resolvedSha: textOf(provenance.resolved_sha),
    contentHash: tree.h1,
    warnings: inspected.warnings,
    operation,
    folder,
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

type NewRow = {
  old: ArtifactRow | undefined
  name: string
  relPath: string
  tags: readonly string[]
  inspected: Inspected
  provenance: Provenance
  now: number
}

/** What replaces another keeps its id, its tags and what somebody else wrote. */
function rowOf({ old, name, relPath, tags, inspected, provenance, now }: NewRow): ArtifactRow {
  const time = writeTime(now)
  const oldTags = Array.isArray(old?.tags) ? (old.tags as string[]) : []
  const allTags = [...new Set([...oldTags, ...inspected.tags, ...tags])]
  const others: Row = { ...old }
  for (const key of ['upstream', 'version_spec', 'resolved_sha', 'resolved_version', 'origin_source'])
    delete others[key]
  const { origin, ...followed } = provenance
  const row: Row = {
    ...others,
    name,
    type: inspected.type,
    path: relPath,
    origin,
    added: old?.added ?? time,
    ...followed,
    ...(origin !== 'local' || old ? { last_updated: time } : {}),
    ...(allTags.length > 0 && { tags: allTags }),
    ...(Object.keys(inspected.metadata).length > 0 && { metadata: inspected.metadata }),
  }
  return row as ArtifactRow
}

function lockEntry(
  old: LockEntry | undefined,
  contentHash: string,
  provenance: Provenance,
  now: number,
): LockEntry {
  const { upstream, resolved_sha, resolved_version } = provenance
  return {
    ...old,
    content_hash: contentHash,
    fetched: writeTime(now),
    upstream,
    resolved_sha,
    resolved_version,
  } as LockEntry
}

/**
 * Keeps what will lie in the collection; a configuration file gets a folder of its own. `part`: the text to keep of it, when
 * that is not all. Errors:
 * `collection.not_an_artifact`, `collection.leads_outside`.
 */
export async function keepCopy(
  store: ObjectStore,
  { path }: Fetched,
  { type, isFolder, name }: Inspected,
  part: string | null,
): Promise<Tree> {
  const isConfig = !isFolder && (type === 'hook' || type === 'mcp')
  const tree = isConfig
    ? await keepConfig(store, path, type, part)
    : await store.keep(path, { leaveOut: isLeftOut })
  if (tree.entries.length === 0)
    throw new SmdError('collection.not_an_artifact', {
      source: name,
      type,
      reason: 'nothing of it would be copied',
    })
  for (const entry of tree.entries) {
    if (entry.kind !== 'link') continue
    const target = String(await store.read(entry.digest))
    const to = posix.normalize(posix.join(posix.dirname(entry.path), target))
    if (posix.isAbsolute(target) || to === '..' || to.startsWith('../'))
      throw new SmdError('collection.leads_outside', { path: join(path, entry.path), target })
  }
  return tree
}

/** Of settings only the hooks, of a list of servers only the one that was asked for: the rest is nobody else's business. */
async function keepConfig(
  store: ObjectStore,
  path: string,
  type: AddedType,
  part: string | null,
): Promise<Tree> {
  const folder = await mkdtemp(join(tmpdir(), 'smd-config-'))
  try {
    const bytes = await readFile(path)
    const isWhole = type === 'mcp' && part === null
    const name = type === 'hook' ? 'settings.json' : isWhole ? basename(path) : '.mcp.json'
    await writeFile(join(folder, name), isWhole ? bytes : (part ?? onlyHooks(bytes)))
    return await store.keep(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const onlyHooks = (settings: Buffer): string =>
  jsonText({ hooks: (JSON.parse(settings.toString('utf8')) as Row).hooks })
