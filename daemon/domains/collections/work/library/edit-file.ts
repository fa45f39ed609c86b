/** Writes, or removes, one file of an artifact of a collection. */
import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { assembleTree, type ObjectStore, readTree } from '../objects/index.ts'
import {
  type Content,
  contentAt,
  contentOf,
  isSame,
  markOf,
  objectsOf,
  systemCalls,
} from '../operations/index.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { changeCollection } from './change-collection.ts'
import { findRow, openCollection, placeOfRow } from './collection-folder.ts'
import { kindOf } from './manifest.ts'
import { unlessAbsent } from './text-file.ts'

/** Less than any common file system takes, since the artifact lies in folders of its own. */
const MAX_PATH_BYTES = 1_024
const MAX_NAME_BYTES = 240

export type EditFileParams = {
  name: string
  type: string | null
  collection: string | null
  /** Inside of the artifact; of one that is a single file its name. */
  file: string
  /** Null: there shall be none. */
  content: string | null
  /** `new`: refused when it is there; `present`: when it is not. */
  expect: 'any' | 'new' | 'present'
}

export type EditedFile = {
  name: string
  type: string
  collection: string
  path: string
  sizeBytes: number | null
  operation: string | null
  folder: string
}

/**
 * What a person would do with an editor, and can be taken back. The lock goes on to say what was installed, so the artifact
 * counts as edited. Errors: as `findRow`, `changeCollection`; `collection.bad_file`, `collection.file_exists`,
 * `artifact.no_such_file`.
 */
export function editFile(
  tools: WorkTools,
  { name, type, collection: wanted, file, content, expect }: EditFileParams,
): Promise<EditedFile> {
  return tools.exclusively(async () => {
    const collection = await openCollection(tools, wanted)
    const { folder } = collection
    const row = findRow(collection, name, type)
    const kind = kindOf(row.type)
    // Of those a part of a file is shown, without what is secret in it.
    if (kind === 'hook' || kind === 'mcp') throw bad(file, 'it is a part of the settings')
    const root = await placeOfRow(collection, row)
    const path = await placeOfFile(root, file)
    const stats = await lstat(path).catch(unlessAbsent)
    checkFile(file, stats, { expect: content === null ? 'present' : expect })
    if (content === null && (path === root || isMain(kind, file)))
      throw bad(file, 'without it there is no artifact')

    const mode = stats && (stats.mode & 0o100) !== 0 ? 0o755 : 0o644
    const want = content === null ? null : await keepFile(objectsOf(tools), content, mode)
    const edited = {
      name: row.name,
      type: kind,
      collection: collection.name,
      path,
      sizeBytes: content === null ? null : Buffer.byteLength(content),
      folder,
    }
    const before = await contentAt(path, systemCalls, readTree)
    if (isSame(before, want)) return { ...edited, operation: null }
    const verb = content === null ? 'remove' : stats ? 'edit' : 'add'
    const title = `${verb} ${file} of ${kind} ${row.name} in ${collection.name}`
    await snapshotBefore(tools, collection.name, title, [row.path.replace(/[\\/]+$/, '')])
    const operation = await changeCollection(tools, async () => {
      await placeOfFile(root, file)
      return {
        kind: 'edit',
        title,
        folder,
        // What somebody saves meanwhile is not what was asked to be replaced.
        places: [{ path, want, expected: markOf(before) }],
        texts: [],
      }
    })
    return { ...edited, operation }
  })
}

/**
 * Where a file of an artifact lies, or would: no link leads there, so it is inside. Errors: `collection.bad_file`,
 * `artifact.no_such_file` where the artifact itself is gone.
 */
async function placeOfFile(root: string, file: string): Promise<string> {
  const found = await lstat(root).catch(unlessAbsent)
  if (!found) throw new SmdError('artifact.no_such_file', { path: file })
  if (found.isSymbolicLink()) throw bad(file, 'the artifact is a link')
  if (!found.isDirectory()) {
    if (file === basename(root)) return root
    throw bad(file, `the artifact is the one file ${basename(root)}`)
  }
  const parts = file.split('/')
  if (Buffer.byteLength(file) > MAX_PATH_BYTES || !parts.every(isFileName))
    throw bad(file, 'it is no path inside of the artifact')
  let folder = root
  for (const part of parts.slice(0, -1)) {
    folder = join(folder, part)
    const stats = await lstat(folder).catch(unlessAbsent)
    if (stats && !stats.isDirectory()) throw bad(file, `${part} is no folder`)
  }
  return join(root, ...parts)
}

/** On any system: the history of a repository is none of the artifact's files, and a colon names something else on some. */
const isFileName = (part: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names with them are what is refused
  !/^\.{0,2}$|^\.git$|[\\:\u0000-\u001f]/i.test(part) &&
  part.isWellFormed() &&
  Buffer.byteLength(part) <= MAX_NAME_BYTES

function checkFile(file: string, stats: Stats | null, { expect }: Pick<EditFileParams, 'expect'>): void {
  if (stats && !stats.isFile()) throw bad(file, stats.isDirectory() ? 'it is a folder' : 'it is a link')
  if (stats && expect === 'new') throw new SmdError('collection.file_exists', { file })
  if (!stats && expect === 'present') throw new SmdError('artifact.no_such_file', { path: file })
}

/** The file by which a folder is an artifact. */
const isMain = (kind: string, file: string): boolean => kind === 'skill' && file.toLowerCase() === 'skill.md'

async function keepFile(store: ObjectStore, text: string, mode: 0o644 | 0o755): Promise<Content> {
  const content = Buffer.from(text)
  const digest = await store.keepContent(content)
  const entry = { path: '', kind: 'file' as const, mode, digest, size: content.length }
  const tree = await assembleTree(store, [entry], true)
  await store.keepTree(tree)
  return contentOf(tree)
}

const bad = (file: string, reason: string): SmdError => new SmdError('collection.bad_file', { file, reason })
