/**
 * Reads files while they are listed: one `open` gives what `stat` would say, the text of the main file and the bytes of
 * H1 (formats spec section 5). Looking first and reading later would search every path twice.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import type { ArtifactFiles, FilePath, WalkContext } from './artifact-files.ts'
import { diagnose } from './diagnostics.ts'
import { addBytes, addText, endHash, type RunningHash, startHash } from './hash-buffer.ts'

/** Reads one artifact's files. Only one at a time in a thread: the buffers are shared. */
export type ContentReader = {
  /** Name of the main file in the artifact's folder; null when the artifact is a single file. */
  mainName: string | null
  /** The main file, or its beginning; null when there is none or it cannot be read. Valid until the next artifact. */
  main: Buffer | null
  /** Size of the whole main file. */
  mainSizeBytes: number
  /** A file or folder could not be read. */
  unreadable: boolean
  running: RunningHash
  /** False once something is left out: then there is no hash. */
  isComplete: boolean
}

/** What is enough of a huge main file: frontmatter beyond this is not read as YAML anyway. */
const headBytes = 65_536

const bufferBytes = 262_144
let mainBuffer: Buffer | undefined
let pieceBuffer: Buffer | undefined

export const newReader = (mainName: string | null): ContentReader => ({
  mainName,
  main: null,
  mainSizeBytes: 0,
  unreadable: false,
  running: startHash('sha256'),
  isComplete: true,
})

/** H1, 64 hex; null when files were left out. */
export const hashOf = (reader: ContentReader): string | null =>
  reader.isComplete && !reader.unreadable ? endHash(reader.running, 'hex') : null

/**
 * Reads a file that is known to be a regular one, as far as the limits let it. Undefined when it cannot be opened,
 * which is told; null when it is no longer what it was.
 */
export function readWithStats(
  ctx: WalkContext,
  files: ArtifactFiles,
  reader: ContentReader,
  file: FilePath,
  prefix: string,
  name: string,
): Stats | undefined | null {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    if (code === 'ENOENT') return null
    files.diagnostics.push(diagnose('file.unreadable', `${prefix}${name} (${code})`))
    reader.unreadable = true
    return undefined
  }
  ctx.counters.filesStatted++
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) return null
    const { maxArtifactBytes, maxArtifactFiles } = ctx.limits
    if (files.count >= maxArtifactFiles || files.sizeBytes + stats.size > maxArtifactBytes)
      reader.isComplete = false
    const isMain = prefix === '' && (reader.mainName === null || reader.mainName === name)
    if (reader.isComplete && reader.mainName !== null) addText(reader.running, prefix + name)
    if (reader.isComplete || isMain) readContent(ctx, reader, fd, stats.size, isMain)
    return stats
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    files.diagnostics.push(diagnose('file.unreadable', `${prefix}${name} (${code})`))
    reader.unreadable = true
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** The part kept as text first, then what is only hashed. */
function readContent(
  ctx: WalkContext,
  reader: ContentReader,
  fd: number,
  size: number,
  isMain: boolean,
): void {
  let total = 0
  if (isMain) {
    const { maxMainFileBytes } = ctx.limits
    const kept = size > maxMainFileBytes ? Math.min(headBytes, maxMainFileBytes) : size
    mainBuffer ??= Buffer.allocUnsafeSlow(bufferBytes)
    const into = kept <= bufferBytes ? mainBuffer : Buffer.allocUnsafeSlow(kept)
    for (let got = 1; total < kept && got > 0; total += got)
      got = readSync(fd, into, total, kept - total, null)
    reader.main = into.subarray(0, total)
    reader.mainSizeBytes = size
    if (reader.isComplete) addBytes(reader.running, reader.main)
  }
  if (reader.isComplete && total < size) {
    pieceBuffer ??= Buffer.allocUnsafeSlow(bufferBytes)
    for (let got = 1; total < size && got > 0; total += got) {
      got = readSync(fd, pieceBuffer, 0, Math.min(bufferBytes, size - total), null)
      addBytes(reader.running, pieceBuffer.subarray(0, got))
    }
  }
  ctx.counters.filesRead++
  ctx.counters.bytesRead += total
}
