/**
 * Writes a tree with set times: the modification time of every file, link and folder is part of the result,
 * because a rescan compares times (and two builds with one seed must look the same).
 */
import {
  closeSync,
  futimesSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'

/** One file to write; `path` relative to wherever the list belongs, `/`-separated. */
export type FileBytes = { path: string; bytes: Buffer }

/** Sink for one tree. Folders get their time in `finish`, after everything inside them exists. */
export class TreeWriter {
  readonly #root: string
  readonly #folders = new Map<string, number>()
  files = 0
  folders = 0
  bytes = 0

  constructor(root: string) {
    this.#root = root
    mkdirSync(root, { recursive: true })
  }

  /** Writes one file below the root; `mtimeSeconds` is Unix time in whole seconds. */
  write(relPath: string, content: string | Buffer, mtimeSeconds: number): void {
    this.folder(path.posix.dirname(relPath), mtimeSeconds)
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    const fd = openSync(path.join(this.#root, relPath), 'w', 0o644)
    try {
      if (bytes.length > 0) writeSync(fd, bytes)
      futimesSync(fd, mtimeSeconds, mtimeSeconds)
    } finally {
      closeSync(fd)
    }
    this.files++
    this.bytes += bytes.length
  }

  /** Makes a symbolic link below the root; `target` is written as it is. */
  link(relPath: string, target: string, mtimeSeconds: number): void {
    this.folder(path.posix.dirname(relPath), mtimeSeconds)
    const at = path.join(this.#root, relPath)
    symlinkSync(target, at)
    lutimesSync(at, mtimeSeconds, mtimeSeconds)
  }

  /** Makes a folder and its parents. */
  folder(relPath: string, mtimeSeconds: number): void {
    if (relPath === '.' || this.#folders.has(relPath)) return
    this.folder(path.posix.dirname(relPath), mtimeSeconds)
    mkdirSync(path.join(this.#root, relPath), { recursive: true })
    this.#folders.set(relPath, mtimeSeconds)
    this.folders++
  }

  /** Sets the times of all folders made; to be called once, at the end. */
  finish(): void {
    for (const [relPath, mtime] of this.#folders) utimesSync(path.join(this.#root, relPath), mtime, mtime)
  }
}
