/** The text files of one artifact, for the index of contents. Synchronous; for the writer process. */
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { textOf } from '../files/file-text.ts'
import { skippedFolders } from '../scan/skipped-folders.ts'

export type TextFile = {
  /** Relative to the artifact, `/`-separated; of a single file its name. */
  path: string
  text: string
}

/** Of an artifact so much is searched. */
const MAX_FILES = 200
const MAX_BYTES = 1_000_000
/** Longer files are data, not something to read. */
const MAX_FILE_BYTES = 256_000

/**
 * Text files of a folder or of one file, by path. Links are left alone: what they lead to may be no part of the artifact, or
 * a secret of the user. What cannot be read is not there.
 */
export function readTexts(path: string): TextFile[] {
  const reading: Reading = { files: [], left: MAX_FILES, bytesLeft: MAX_BYTES }
  const stats = quietly(() => lstatSync(path))
  if (stats?.isDirectory()) addFolder(reading, path, '')
  else if (stats?.isFile()) addFile(reading, path, basename(path))
  return reading.files
}

type Reading = { files: TextFile[]; left: number; bytesLeft: number }

function addFolder(reading: Reading, folder: string, prefix: string): void {
  const entries = quietly(() => readdirSync(folder, { withFileTypes: true })) ?? []
  for (const entry of entries.sort(byKindAndName)) {
    if (reading.left === 0) return
    const path = join(folder, entry.name)
    // Made to hold secrets; whoever searches has no use for them.
    if (entry.name.startsWith('.env')) continue
    if (entry.isFile()) addFile(reading, path, prefix + entry.name)
    else if (entry.isDirectory() && !skippedFolders.has(entry.name))
      addFolder(reading, path, `${prefix}${entry.name}/`)
  }
}

/** Files first: where there is too much, what lies on top counts. */
function byKindAndName(a: Dirent, b: Dirent): number {
  const order = Number(a.isDirectory()) - Number(b.isDirectory())
  return order !== 0 ? order : a.name < b.name ? -1 : 1
}

function addFile(reading: Reading, path: string, relPath: string): void {
  const size = quietly(() => lstatSync(path).size) ?? 0
  if (size === 0 || size > Math.min(MAX_FILE_BYTES, reading.bytesLeft)) return
  const bytes = quietly(() => readFileSync(path))
  const text = bytes && textOf(bytes, false)
  if (!text) return
  reading.files.push({ path: relPath, text })
  reading.left--
  reading.bytesLeft -= size
}

/** What the system does not let us see, or what is gone meanwhile, is not there. */
function quietly<Result>(look: () => Result): Result | null {
  try {
    return look()
  } catch {
    return null
  }
}
