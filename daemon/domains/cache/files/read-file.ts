/** Reads one file of an artifact; runs where the disk is read, never in the process that answers. */
import { realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { SmdError } from '../../../../protocol/errors.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { type PartRequest, readPart } from './config-part.ts'
import { textOf } from './file-text.ts'
import { namesOf, openInside, unreadable } from './inside.ts'
import { mediaTypeOf } from './media-types.ts'

export type FileRequest = {
  /** Folder or file of the artifact, absolute. */
  root: string
  /** Relative to a folder, `/`-separated; of a file its name. */
  path: string
  /** What of the file is the artifact; null for all of it. */
  part: PartRequest | null
}

export type FileContent = ResultOf<'artifacts.file'>

/** Of a longer file only so much is told, in bytes. */
const MAX_TEXT_BYTES = 1024 * 1024

/** Errors: `artifact.no_such_file`, `artifact.unreadable`. */
export async function readFile({ root, path, part }: FileRequest): Promise<FileContent> {
  const names = namesOf(path)
  if (names === null) throw new SmdError('artifact.no_such_file', { path })
  const real = await realRoot(root)
  if (!real.isFolder && path !== basename(root)) throw new SmdError('artifact.no_such_file', { path })
  if (part) {
    const text = readPart(real.path, part)
    return { path, sizeBytes: Buffer.byteLength(text), mediaType: 'application/json', text, truncated: false }
  }
  const file = await openInside(real.path, real.isFolder ? names : [])
  try {
    const { size } = await file.stat()
    // One byte more, to know whether it goes on: it may have grown, and files of the system say 0.
    const bytes = Buffer.alloc(Math.min(Math.max(size, 4_096), MAX_TEXT_BYTES) + 1)
    let length = 0
    for (let got = 1; got > 0 && length < bytes.length; length += got)
      got = (await file.read(bytes, length, bytes.length - length, length)).bytesRead
    const truncated = length === bytes.length
    const text = textOf(bytes.subarray(0, truncated ? length - 1 : length), truncated)
    return {
      path,
      sizeBytes: Math.max(size, truncated ? length : 0),
      mediaType: mediaTypeOf(path, text !== null),
      text,
      truncated: text !== null && truncated,
    }
  } catch (error) {
    throw error instanceof SmdError ? error : unreadable(root, error)
  } finally {
    await file.close()
  }
}

async function realRoot(root: string): Promise<{ path: string; isFolder: boolean }> {
  try {
    const path = await realpath(root)
    return { path, isFolder: (await stat(path)).isDirectory() }
  } catch (error) {
    throw unreadable(root, error)
  }
}
