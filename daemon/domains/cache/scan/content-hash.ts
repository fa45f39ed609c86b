/**
 * Content hashes of artifacts: H1 (formats spec section 5), and those of other managers, read-only (ecosystem spec 5.6).
 * The order of files is part of each hash, so each sorts its own list.
 */
import { addBytes, addFile, addText, endHash, startHash } from './hash-buffer.ts'

/** A regular file of an artifact, or a link to one. */
export type ListedFile = {
  /** `/`-separated, relative to the artifact. */
  relPath: string
  /** Bytes where the path is not UTF-8. */
  absPath: string | Buffer
  /** What `stat` said. */
  sizeBytes: number
  /** The content, where the caller has read it already. */
  bytes?: Buffer | undefined
}

export type ContentHash = {
  /** 64 hex. */
  hash: string
  /** Read from disk for it. */
  bytesRead: number
}

/** H1 of a file: SHA-256 of its bytes. Errors: those of `open` and `read`. */
export function hashFile(file: Omit<ListedFile, 'relPath'>): ContentHash {
  const running = startHash('sha256')
  let bytesRead = 0
  if (file.bytes) addBytes(running, file.bytes)
  else bytesRead = addFile(running, file.absPath, file.sizeBytes)
  return { hash: endHash(running, 'hex'), bytesRead }
}

/** H1 of a folder: path and content of every file given, by `comparePaths`. Errors: those of `open` and `read`. */
export const hashFolder = (files: readonly ListedFile[]): ContentHash =>
  hashInOrder(files.length > 1 ? [...files].sort((a, b) => comparePaths(a.relPath, b.relPath)) : files)

/**
 * `computedHash` of `skills-lock.json`: as H1, but without what lies below `.git` or `node_modules`, in the order of
 * `localeCompare`. That order depends on the machine's locale: good for reading locks, not for writing anything.
 * `files`: regular files only, no links.
 */
export function computedHash(files: readonly ListedFile[]): ContentHash {
  const { compare } = new Intl.Collator()
  const kept = files.filter((file) => !/(^|\/)(\.git|node_modules)\//.test(file.relPath))
  return hashInOrder(kept.sort((a, b) => compare(a.relPath, b.relPath)))
}

function hashInOrder(files: readonly ListedFile[]): ContentHash {
  const running = startHash('sha256')
  let bytesRead = 0
  for (const file of files) {
    addText(running, file.relPath)
    if (file.bytes) addBytes(running, file.bytes)
    else bytesRead += addFile(running, file.absPath, file.sizeBytes)
  }
  return { hash: endHash(running, 'hex'), bytesRead }
}

/**
 * Order of H1: component by component, each by code point, a prefix first. So `a/x` precedes `a-b/x`.
 * Comparing UTF-16 units does it, if `/` comes before everything and surrogates after everything.
 */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  if (unit === 0x2f) return -1
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
